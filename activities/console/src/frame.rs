//! What is around every page.

use crate::assets;
use crate::reader::Reader;

/// Which entry of the navigation a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Messages,
    DeadLetters,
    Schedules,
    StateMachines,
    Health,
    Api,
    None,
}

/// The navigation: address, words, section.
const NAVIGATION: [(&str, &str, Section); 6] = [
    ("/console/messages", "Messages", Section::Messages),
    ("/console/dead-letters", "Dead letters", Section::DeadLetters),
    ("/console/schedules", "Schedules", Section::Schedules),
    ("/console/machines", "State machines", Section::StateMachines),
    ("/console/health", "Health", Section::Health),
    ("/docs", "API", Section::Api),
];

/// Title, navigation and addresses of style and script.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) title: String,
    pub(crate) section: Section,
    pub(crate) style: String,
    pub(crate) script: String,
    pub(crate) icon: String,
    /// The name under which the reader is signed in.
    pub(crate) name: Option<String>,
    administrator: bool,
}

impl Frame {
    pub(crate) fn new(title: &str, section: Section, reader: &Reader) -> Self {
        Self {
            title: title.to_owned(),
            section,
            style: assets::style(),
            script: assets::script(),
            icon: assets::icon(),
            name: reader.name().map(str::to_owned),
            // A page that only says what went wrong does not know its reader.
            administrator: reader.is_administrator() || reader.name().is_none(),
        }
    }

    /// The entries of the navigation that the reader may open, and whether the page is one of theirs.
    pub(crate) fn navigation(&self) -> Vec<(&'static str, &'static str, bool)> {
        let open = |section| section != Section::StateMachines || self.administrator;
        let entries = NAVIGATION.into_iter().filter(|(_, _, section)| open(*section));
        entries
            .map(|(href, words, section)| (href, words, section == self.section))
            .collect()
    }
}
