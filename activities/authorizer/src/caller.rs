//! Who asks, and what they may do.

use std::fmt;

use crate::own_issuer::OWNER;
use crate::rules::OWN_SUBJECTS;

/// Something that a caller may be allowed to do. The names are those of OAuth scopes and of groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Read one's own messages.
    Read,
    /// Send messages, and redrive one's own.
    Write,
    /// Do everything, with everybody's messages.
    Admin,
}

impl Right {
    /// Every right there is.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Admin];

    /// The name of the scope and of the group.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "messages:read",
            Self::Write => "messages:write",
            Self::Admin => "admin",
        }
    }

    /// The right of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.as_str() == name)
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// What a caller may do. [`Right::Admin`] includes the others; writing does not include reading.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Rights(u8);

impl Rights {
    /// Nothing at all.
    pub const NONE: Self = Self(0);

    /// Whether the right is among them.
    pub const fn include(self, right: Right) -> bool {
        self.0 & (right.bit() | Right::Admin.bit()) != 0
    }

    /// The rights that were given by name, in the order of [`Right::ALL`].
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let given = Right::ALL.into_iter().filter(move |right| self.0 & right.bit() != 0);
        given.map(Right::as_str)
    }
}

impl FromIterator<Right> for Rights {
    fn from_iter<I: IntoIterator<Item = Right>>(rights: I) -> Self {
        Self(rights.into_iter().fold(0, |bits, right| bits | right.bit()))
    }
}

/// As a scope is written: names with spaces between them.
impl fmt::Display for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().collect::<Vec<_>>().join(" "))
    }
}

impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rights({self})")
    }
}

/// How a caller showed who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameBy {
    /// With a bearer token, as programs do.
    Token,
    /// With a session cookie, as a person's browser does.
    Session,
}

/// Who asks. A message belongs to the `subject` that sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The `sub` of the token: 1 to 256 bytes without control characters, unique to the person or program.
    pub subject: String,
    /// What they may do.
    pub rights: Rights,
    /// How they showed who they are.
    pub came_by: CameBy,
}

impl Caller {
    /// Whether it is the owner of the data directory, who can read its keys.
    pub fn is_owner(&self) -> bool {
        self.subject.strip_prefix(OWN_SUBJECTS) == Some(OWNER)
    }

    /// Whether they may do this.
    pub const fn may(&self, right: Right) -> bool {
        self.rights.include(right)
    }

    /// Whether they may see and touch what belongs to `owner`; what belongs to nobody is the administrators'.
    pub fn may_touch(&self, owner: Option<&str>) -> bool {
        self.may(Right::Admin) || owner == Some(self.subject.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_administrator_may_everything_and_a_writer_does_not_read() {
        let rights = |names: &[Right]| names.iter().copied().collect::<Rights>();
        assert!(
            Right::ALL
                .into_iter()
                .all(|right| rights(&[Right::Admin]).include(right))
        );
        assert!(!rights(&[Right::Write]).include(Right::Read));
        assert!(!rights(&[Right::Read, Right::Write]).include(Right::Admin));
        assert!(Right::ALL.into_iter().all(|right| !Rights::NONE.include(right)));
    }

    #[test]
    fn rights_are_written_as_a_scope() {
        let rights: Rights = [Right::Admin, Right::Read].into_iter().collect();
        assert_eq!(rights.to_string(), "messages:read admin");
        assert_eq!(Right::named("messages:write"), Some(Right::Write));
        assert_eq!(Right::named("Admin"), None);
    }

    #[test]
    fn what_belongs_to_somebody_else_or_to_nobody_is_not_touched() {
        let caller = |right| Caller {
            subject: "ada".to_owned(),
            rights: [right].into_iter().collect(),
            came_by: CameBy::Token,
        };
        assert!(caller(Right::Read).may_touch(Some("ada")));
        assert!(!caller(Right::Read).may_touch(Some("bob")));
        assert!(!caller(Right::Read).may_touch(None));
        assert!(caller(Right::Admin).may_touch(None));
    }
}
