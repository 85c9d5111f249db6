//! Dates that a picture does not give in full, completed from the scope's time.
//!
//! `$toMillis('13:45', '[H]:[m]')` means today: the reference implementation takes the leading parts that a picture leaves
//! out from the evaluation's timestamp, and the evaluator takes them from this machine's clock. So a picture and its text
//! are completed before the evaluator sees them.

use jiff::{Timestamp, tz::TimeZone};
use jsonata_core::value::JValue;

/// The parts of a date, the most significant first: the letters that give one in a picture, how it is written in a picture,
/// and how in the text.
const PARTS: [(&str, &str, &str); 6] = [
    ("Y", "[Y0001]", "%Y"),
    ("Md", "[M01]", "%m"),
    ("Dd", "[D01]", "%d"),
    ("Hh", "[H01]", "%H"),
    ("m", "[m01]", "%M"),
    ("s", "[s01]", "%S"),
];

/// Letters of weeks, which give a date in a way of their own.
const WEEKS: &str = "XxWwF";

/// What stands before the text and before the picture so that both begin with the year, for a picture that does not.
pub(super) fn missing(picture: &str, now: Timestamp) -> Option<(String, String)> {
    let letters = letters(picture);
    let has = |alternatives: &str| letters.chars().any(|letter| alternatives.contains(letter));
    if has(WEEKS) {
        return None;
    }
    let first = PARTS
        .iter()
        .position(|(alternatives, ..)| has(alternatives))
        .or_else(|| has("f").then_some(PARTS.len()))?;
    let now = now.to_zoned(TimeZone::UTC);
    let missing = &PARTS[..first];
    let text: Vec<_> = missing
        .iter()
        .map(|(_, _, format)| format!("{} ", now.strftime(format)))
        .collect();
    let parts: Vec<_> = missing.iter().map(|(_, part, _)| format!("{part} ")).collect();
    (first > 0).then(|| (text.concat(), parts.concat()))
}

/// The widest that a picture may ask a part to be: far more than any date, and little memory.
const WIDEST: u32 = 10_000;
/// The most digits in a row that a picture may show for a number: as many as its 64 bits hold.
const MOST_DIGITS: usize = 18;

/// Whether an argument is no picture, or one whose parts are of a bearable width.
pub(super) fn is_bearable(argument: &JValue) -> bool {
    let JValue::String(picture) = argument else { return true };
    let mut numbers = picture.split(|character: char| !character.is_ascii_digit());
    numbers.all(|digits| digits.len() <= MOST_DIGITS && digits.parse().unwrap_or(0_u64) <= u64::from(WIDEST))
}

/// The first letter of every part that a picture names. `[[` is a literal bracket.
fn letters(picture: &str) -> String {
    let parts = picture.split('[').skip(1);
    parts.filter_map(|part| part.trim_start().chars().next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_parts_come_from_now() {
        let now: Timestamp = "2026-01-02T03:04:05.678Z".parse().unwrap();
        for (picture, text) in [
            ("[Y]-[M]-[D]", None),
            ("[M]/[D]", Some("2026 ")),
            ("[d]", Some("2026 ")),
            ("[D]", Some("2026 01 ")),
            ("[H]:[m]", Some("2026 01 02 ")),
            ("[h]:[m][P]", Some("2026 01 02 ")),
            ("[m]", Some("2026 01 02 03 ")),
            ("[X]-W[W]", None),
            ("text", None),
        ] {
            assert_eq!(
                missing(picture, now).map(|(text, _)| text).as_deref(),
                text,
                "{picture}"
            );
        }
    }
}
