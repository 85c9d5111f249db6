//! Whether a command says what a page shows.

/// The first line that is shown and not said; `None` if everything is.
///
/// Lines stand in their order, one below the other; `…` on a line of its own stands for any lines, at the end of a line for
/// the rest of it. Times are not compared.
pub(super) fn differs<'a>(shown: &'a [String], said: &str) -> Option<&'a str> {
    let said: Vec<_> = said.lines().map(untimed).collect();
    let mut rest = &said[..];
    for part in shown.split(|line| line == "…").filter(|part| !part.is_empty()) {
        let ends = (0..rest.len()).map(|start| (start, matching(part, &rest[start..])));
        // Where it fits nowhere, the place where most of it fits tells what is wrong.
        let (start, lines) = ends
            .max_by_key(|(start, lines)| (*lines, usize::MAX - start))
            .unwrap_or_default();
        if lines < part.len() {
            return Some(&part[lines]);
        }
        rest = &rest[start + lines..];
    }
    None
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
            "a\nb",
            "b",
            "a\n…\nc",
            "…\n    0.001 s  Deliver\nlast…",
            "a\nb\nc\n    0.250 s  Deliver\nlast of all",
        ] {
            assert_eq!(differs(&lines(shown), said), None, "{shown}");
        }
        for (shown, missing) in [
            ("a\nc", "c"),
            ("b\n…\na", "a"),
            ("a\nb\nx", "x"),
            ("…\n    0.001 s  Other", "    0.001 s  Other"),
        ] {
            assert_eq!(differs(&lines(shown), said), Some(missing), "{shown}");
        }
    }
}
