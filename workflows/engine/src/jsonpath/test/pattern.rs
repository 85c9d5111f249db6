//! `StringMatches`.

/// Whether a text fits a pattern in which `*` stands for any characters; `\*` and `\\` stand for themselves.
pub(super) fn matches(text: &str, pattern: &str) -> bool {
    let pattern = parts(pattern);
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut part) = (0, 0);
    // Where the last star stood, and up to where it has taken the text.
    let mut star = None;
    while at < text.len() {
        match pattern.get(part) {
            Some(Part::Any) => {
                star = Some((part, at));
                part += 1;
            }
            Some(Part::One(c)) if *c == text[at] => {
                part += 1;
                at += 1;
            }
            _ => match &mut star {
                Some((place, taken)) => {
                    *taken += 1;
                    part = *place + 1;
                    at = *taken;
                }
                None => return false,
            },
        }
    }
    pattern[part..].iter().all(|part| matches!(part, Part::Any))
}

enum Part {
    Any,
    One(char),
}

fn parts(pattern: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        parts.push(match c {
            '*' => Part::Any,
            '\\' => Part::One(chars.next().unwrap_or('\\')),
            c => Part::One(c),
        });
    }
    parts
}
