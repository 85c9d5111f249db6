//! How long an answer asks to wait.

use jiff::{Timestamp, civil::Time, fmt::rfc2822, tz::TimeZone};

/// The longest pause that a header is believed: a proxy's mistake must not park messages for days.
pub(crate) const LONGEST: u32 = 3_600;

/// Reads `Retry-After` (RFC 9110, section 10.2.3): seconds or a date; at least 1, at most [`LONGEST`]. `None` for
/// anything else.
pub(crate) fn parse(header: &str, now: Timestamp) -> Option<u32> {
    let header = header.trim();
    let seconds = if !header.is_empty() && header.bytes().all(|b| b.is_ascii_digit()) {
        header.parse().unwrap_or(u32::MAX)
    } else {
        let until = rfc2822::parse(header).ok()?.timestamp();
        whole_seconds(now, until)
    };
    Some(seconds.clamp(1, LONGEST))
}

/// Seconds until 00:00 UTC, when ntfy forgets a day's messages: 1 to 86,400.
pub(crate) fn until_midnight_utc(now: Timestamp) -> u32 {
    let today = now.to_zoned(TimeZone::UTC).date();
    let midnight = today
        .tomorrow()
        .ok()
        .and_then(|day| day.to_datetime(Time::midnight()).to_zoned(TimeZone::UTC).ok());
    midnight.map_or(LONGEST, |midnight| whole_seconds(now, midnight.timestamp()).max(1))
}

/// Seconds from `now` to `until`, rounded up, 0 when it is past.
fn whole_seconds(now: Timestamp, until: Timestamp) -> u32 {
    let millis = until.as_millisecond().saturating_sub(now.as_millisecond()).max(0);
    u32::try_from(millis.unsigned_abs().div_ceil(1_000)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_seconds_or_dates_and_bounded() {
        let now = "2026-11-25T23:59:30Z".parse().unwrap();
        for (header, seconds) in [
            ("7", Some(7)),
            (" 30 ", Some(30)),
            ("0", Some(1)),
            ("86400", Some(3_600)),
            ("99999999999999999999", Some(3_600)),
            ("Thu, 26 Nov 2026 00:00:00 GMT", Some(30)),
            ("Wed, 25 Nov 2026 08:00:00 GMT", Some(1)),
            ("soon", None),
            ("-5", None),
            ("", None),
        ] {
            assert_eq!(parse(header, now), seconds, "{header:?}");
        }
    }

    #[test]
    fn a_day_ends_at_midnight_utc() {
        let until = |now: &str| until_midnight_utc(now.parse().unwrap());
        assert_eq!(until("2026-11-25T23:59:30Z"), 30);
        assert_eq!(until("2026-11-25T23:59:59.999Z"), 1);
        assert_eq!(until("2026-11-25T00:00:00Z"), 86_400);
    }
}
