//! Timestamps written as text.
//!
//! Source: Amazon States Language, "Timestamps": RFC 3339 with an upper-case `T`, and `Z` or an offset.

use super::{Partial, is_placeholder};
use crate::{Finding, Kind, Options, StateKind, Text, WaitFor};

pub(super) fn check(partial: &Partial<'_>, options: Options, out: &mut Vec<Finding>) {
    for visit in partial.machine.walk() {
        if let StateKind::Wait(wait) = &visit.state.kind
            && let WaitFor::Timestamp(Text::Literal(text)) = &wait.until
            && !is_timestamp(text)
            && !(options.placeholders && is_placeholder(text))
        {
            let message = "String does not match RFC3339 timestamp";
            let finding = Finding::new(Kind::Timestamp, &visit.pointer.key("Timestamp"), message);
            out.push(finding.help("for example 2016-03-14T01:59:00Z"));
        }
    }
}

/// Whether the text is a timestamp.
pub(super) fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    let fixed = bytes.len() >= 20 && text.is_ascii() && pattern(&bytes[..19]);
    fixed && in_calendar(&text[..19]) && is_zone(fraction(&text[19..]))
}

fn pattern(bytes: &[u8]) -> bool {
    b"0000-00-00T00:00:00".iter().zip(bytes).all(|(like, byte)| match like {
        b'0' => byte.is_ascii_digit(),
        like => like == byte,
    })
}

fn in_calendar(text: &str) -> bool {
    let number = |from: usize, to: usize| text[from..to].parse::<u32>().unwrap_or(u32::MAX);
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let time = number(11, 13) <= 23 && number(14, 16) <= 59 && number(17, 19) <= 60;
    time && (1..=days(year, month)).contains(&day)
}

fn days(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => 0,
    }
}

/// What follows the fraction of a second, if there is one.
fn fraction(text: &str) -> &str {
    let digits = text
        .strip_prefix('.')
        .map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    match digits {
        Some(rest) if rest.len() + 1 < text.len() => rest,
        _ => text,
    }
}

fn is_zone(text: &str) -> bool {
    let offset = text.strip_prefix(['+', '-']).and_then(|rest| rest.split_once(':'));
    let below = |text: &str, limit| text.len() == 2 && text.parse::<u32>().is_ok_and(|value| value < limit);
    text == "Z" || offset.is_some_and(|(hours, minutes)| below(hours, 24) && below(minutes, 60))
}

#[cfg(test)]
mod tests {
    use super::is_timestamp;

    #[test]
    fn timestamps_of_rfc_3339_are_accepted() {
        for text in [
            "2016-03-14T01:59:00Z",
            "2024-02-29T23:59:60.123456Z",
            "2016-03-14T01:59:00-05:30",
        ] {
            assert!(is_timestamp(text), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "2016-03-14",
            "2016-03-14 01:59:00Z",
            "2016-03-14t01:59:00Z",
            "2016-03-14T01:59:00",
            "2016-03-14T01:59:00.Z",
            "2016-13-14T01:59:00Z",
            "2023-02-29T01:59:00Z",
            "2016-03-14T25:59:00Z",
            "2016-03-14T01:59:00+0100",
            "２016-03-14T01:59:00Z",
        ] {
            assert!(!is_timestamp(text), "{text}");
        }
    }
}
