//! Whether a command says what a page shows.

/// Why a page shows something else than what is said; `None` if it shows all of it.
///
/// Lines stand in their order, one below the other, from the first one said to the last; `…` on a line of its own stands for
/// any lines, at the end of a line for the rest of it. Times are not compared, and empty lines at the end are nothing.
pub(super) fn differs(shown: &[String], said: &str) -> Option<String> {
    // A block that shows nothing leaves everything out.
    if shown.is_empty() {
        return None;
    }
    let said: Vec<_> = said.trim_end().lines().map(untimed).collect();
    let parts: Vec<_> = shown.split(|line| line == "…").collect();
    let mut rest = &said[..];
    for (nth, part) in parts.iter().enumerate() {
        let (is_first, is_last) = (nth == 0, nth + 1 == parts.len());
        // The first part begins with what is said, and the last one ends with it. Where nothing is left out, one does both.
        let latest = rest.len().saturating_sub(part.len());
        let starts = match (is_first, is_last) {
            (true, _) => 0..=0,
            (false, true) => latest..=latest,
            (false, false) => 0..=latest,
        };
        let ends = starts.map(|start| (start, matching(part, &rest[start..])));
        // Where it fits nowhere, the place where most of it fits tells what is wrong.
        let (start, lines) = ends
            .max_by_key(|(start, lines)| (*lines, usize::MAX - start))
            .unwrap_or_default();
        if lines < part.len() {
            return Some(format!("it does not say {:?} where it should", part[lines]));
        }
        rest = &rest[start + lines..];
    }
    let more = rest
        .first()
        .filter(|_| parts.last().is_none_or(|last| !last.is_empty()));
    more.map(|line| format!("it goes on with {line:?}"))
}

/// How many lines fit from the first one on.
fn matching(shown: &[String], said: &[String]) -> usize {
    let pairs = shown.iter().zip(said);
    pairs.take_while(|(shown, said)| fits(&untimed(shown), said)).count()
}

fn fits(shown: &str, said: &str) -> bool {
    match shown.strip_suffix('…') {
        Some(beginning) => said.starts_with(beginning),
        None => said.trim_end() == shown.trim_end(),
    }
}

/// A line without the times that `rez` tells in it: `    0.250 s  DeliverMessage`, `    1.500 s  DeliverMessage: retry 1
/// after 1.0 s`.
fn untimed(line: &str) -> String {
    let is_time = |text: &str| text.trim_start().parse::<f64>().is_ok();
    let Some((_, rest)) = line.split_once(" s  ").filter(|(time, _)| is_time(time)) else {
        return line.to_owned();
    };
    let rest = match rest.rsplit_once(" after ") {
        Some((before, pause)) if pause.strip_suffix(" s").is_some_and(is_time) => format!("{before} after # s"),
        _ => rest.to_owned(),
    };
    format!("# s  {rest}")
}

#[cfg(test)]
mod tests {
    use super::differs;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn what_is_left_out_may_be_anything_and_nothing_else() {
        let said = "a\nb\nc\n    1.250 s  Deliver\nlast of all\n";
        for shown in [
            "",
            "…",
            "a\nb\n…",
            "…\nb\n…",
            "a\n…\nc\n…",
            "…\n    0.001 s  Deliver\nlast…",
            "a\n…\nlast of all",
            "a\nb\nc\n    0.250 s  Deliver\nlast of all",
        ] {
            assert_eq!(differs(&lines(shown), said), None, "{shown}");
        }
        for (shown, why) in [
            ("a\nc\n…", "does not say \"c\""),
            ("…\nb\n…\na\n…", "does not say \"a\""),
            ("a\nb\nx\n…", "does not say \"x\""),
            ("…\n    0.001 s  Other\n…", "does not say \"    0.001 s  Other\""),
            // What comes before and after is not left out where nothing says so.
            ("b\n…", "does not say \"b\""),
            ("a\nb", "goes on with \"c\""),
            ("…\nc", "does not say \"c\""),
            (
                "a\nb\nc\n    0.250 s  Deliver\nlast of all\nmore",
                "does not say \"more\"",
            ),
        ] {
            let told = differs(&lines(shown), said).unwrap_or_default();
            assert!(told.contains(why), "{shown}: {told}");
        }
    }
}
