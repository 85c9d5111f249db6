//! Definitions: whatever is read is printed and read again as it was, and nothing makes parser, rules or compiler panic.

use asl::{Options, check, parse, print};

/// Judges the text of a definition.
pub fn judge(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let checked = check(text, &Options::default());
    if let Err(findings) = &checked {
        assert!(findings.has_errors(), "what is refused has an error");
        let shown = format!("{:#}", findings.render("definition"));
        assert!(!shown.is_empty() && !findings.aws_message().is_empty());
    }
    let Ok(parsed) = parse(text) else {
        assert!(checked.is_err(), "what cannot be read is refused");
        return;
    };
    let printed = print(&parsed.machine);
    let again = parse(&printed).unwrap_or_else(|findings| panic!("{}\n{printed}", findings.render("printed")));
    assert_eq!(again.machine, parsed.machine, "what is printed reads back as it was");
    assert_eq!(print(&again.machine), printed, "and prints as it did");
    // The findings are many and of no interest; the law is that they are findings.
    let _ = engine::compile(&parsed.machine).map_err(|findings| format!("{findings:?}"));
}
