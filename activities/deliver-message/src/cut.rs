//! Cutting a text to what ntfy takes, at a character's boundary, and saying so.

use std::borrow::Cow;

/// What stands at the end of a text that was cut.
pub(crate) const MARK: &str = " … [cut]";

/// Cuts `text` to at most `raw` bytes of UTF-8 and at most `escaped` bytes as the inside of a JSON string, [`MARK`]
/// included. Returns whether anything was cut.
pub(crate) fn cut(text: &str, raw: usize, escaped: usize) -> (Cow<'_, str>, bool) {
    let whole = prefix(text, raw, escaped);
    if whole == text.len() {
        return (Cow::Borrowed(text), false);
    }
    let mark = MARK.len();
    let kept = prefix(text, raw.saturating_sub(mark), escaped.saturating_sub(mark));
    (Cow::Owned(format!("{}{MARK}", &text[..kept])), true)
}

/// The length of the longest prefix of whole characters within both bounds.
fn prefix(text: &str, raw: usize, escaped: usize) -> usize {
    let mut written = 0;
    for (at, c) in text.char_indices() {
        written += escaped_len(c);
        if at + c.len_utf8() > raw || written > escaped {
            return at;
        }
    }
    text.len()
}

/// How many bytes `serde_json` writes for `c`: RFC 8259, section 7, short escapes where there are any.
fn escaped_len(c: char) -> usize {
    match c {
        '"' | '\\' | '\u{8}' | '\u{c}' | '\n' | '\r' | '\t' => 2,
        '\0'..='\u{1f}' => 6,
        _ => c.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_fits_is_left_alone() {
        let text = "x".repeat(4_095);
        assert_eq!(cut(&text, 4_095, 8_000), (Cow::Borrowed(text.as_str()), false));
    }

    #[test]
    fn one_byte_too_many_is_cut_and_marked() {
        let long = "x".repeat(4_096);
        let (text, was_cut) = cut(&long, 4_095, 8_000);
        assert!(was_cut);
        assert_eq!(text.len(), 4_095);
        assert!(text.ends_with(MARK));
    }

    #[test]
    fn a_character_is_kept_whole_or_dropped() {
        let crabs = "🦀".repeat(10);
        let (text, _) = cut(&crabs, 4 + 3 + MARK.len(), 100);
        assert_eq!(text, format!("🦀{MARK}"));
    }

    proptest! {
        #[test]
        fn lengths_are_those_of_serde_json(text in any::<String>()) {
            let written = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(text.chars().map(escaped_len).sum::<usize>() + 2, written.len());
        }

        #[test]
        fn both_bounds_hold_and_the_rest_is_a_prefix(text in any::<String>(), raw in 16_usize..64, escaped in 16_usize..64) {
            let (kept, was_cut) = cut(&text, raw, escaped);
            prop_assert!(kept.len() <= raw);
            prop_assert!(serde_json::to_string(&kept).unwrap().len() - 2 <= escaped);
            prop_assert_eq!(was_cut, kept != text);
            prop_assert!(text.starts_with(kept.strip_suffix(MARK).unwrap_or(&kept)));
        }
    }
}
