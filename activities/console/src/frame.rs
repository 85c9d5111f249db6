//! What is around every page.

use crate::assets;

/// Which entry of the navigation a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Messages,
    DeadLetters,
    Schedules,
    StateMachines,
    Health,
    SignOut,
    None,
}

/// The navigation: address, words, section.
const NAVIGATION: [(&str, &str, Section); 5] = [
    ("/console/messages", "Messages", Section::Messages),
    ("/console/dead-letters", "Dead letters", Section::DeadLetters),
    ("/console/schedules", "Schedules", Section::Schedules),
    ("/console/machines", "State machines", Section::StateMachines),
    ("/console/health", "Health", Section::Health),
    ("/sign-out", "Sign out", Section::SignOut),
];

/// Title, navigation and addresses of style and script.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) title: String,
    pub(crate) section: Section,
    pub(crate) style: String,
    pub(crate) script: String,
    pub(crate) icon: String,
}

impl Frame {
    pub(crate) fn new(title: &str, section: Section) -> Self {
        Self {
            title: title.to_owned(),
            section,
            style: assets::style(),
            script: assets::script(),
            icon: assets::icon(),
        }
    }

    /// The entries of the navigation, and whether the page is one of theirs.
    pub(crate) fn navigation(&self) -> Vec<(&'static str, &'static str, bool)> {
        NAVIGATION
            .map(|(href, words, section)| (href, words, section == self.section))
            .to_vec()
    }
}
