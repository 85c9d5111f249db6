//! The `since` of a subscriber. Source: <https://docs.ntfy.sh/subscribe/api/#fetch-cached-messages>.

use super::refusal::Refusal;

/// Which notifications are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Since {
    /// All that are kept.
    All,
    /// None.
    Nothing,
    /// The latest one.
    Latest,
    /// Those accepted at this time or later, in seconds since 1970.
    Time(i64),
    /// Those after the one with this id; all of them if it is not kept.
    Id(String),
}

impl Since {
    /// Reads the parameter; `now` is in seconds since 1970. A poll without it asks for everything.
    pub(super) fn parse(text: Option<&str>, now: i64) -> Result<Self, Refusal> {
        match text {
            None | Some("" | "all") => Ok(Self::All),
            Some("none") => Ok(Self::Nothing),
            Some("latest") => Ok(Self::Latest),
            Some(id) if is_id(id) => Ok(Self::Id(id.to_owned())),
            Some(text) => time(text, now).map(Self::Time).ok_or(Refusal::SinceInvalid),
        }
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn time(text: &str, now: i64) -> Option<i64> {
    text.parse().ok().or_else(|| Some(now.saturating_sub(duration(text)?)))
}

/// Seconds of a duration as Go writes it: `10m`, `1h30m`, `1.5h`.
/// Source: <https://pkg.go.dev/time#ParseDuration>.
fn duration(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let number_ends = rest.find(|char: char| !char.is_ascii_digit() && char != '.')?;
        let (number, behind) = rest.split_at(number_ends);
        let unit_ends = behind
            .find(|char: char| char.is_ascii_digit() || char == '.')
            .unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(unit_ends);
        seconds += number.parse::<f64>().ok()? * unit_seconds(unit)?;
        rest = behind;
    }
    // Go's durations end at 292 years.
    #[allow(clippy::cast_possible_truncation, reason = "within range")]
    (!text.is_empty() && seconds < 292.0 * 366.0 * 86_400.0).then_some(seconds as i64)
}

fn unit_seconds(unit: &str) -> Option<f64> {
    match unit {
        "ns" => Some(1e-9),
        "us" | "µs" => Some(1e-6),
        "ms" => Some(1e-3),
        "s" => Some(1.0),
        "m" => Some(60.0),
        "h" => Some(3_600.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        let cases = [
            (None, Ok(Since::All)),
            (Some("all"), Ok(Since::All)),
            (Some("none"), Ok(Since::Nothing)),
            (Some("latest"), Ok(Since::Latest)),
            (Some("nFS3knfcQ1xe"), Ok(Since::Id("nFS3knfcQ1xe".into()))),
            (Some("0"), Ok(Since::Time(0))),
            (Some("-5"), Ok(Since::Time(-5))),
            (Some("1795575554"), Ok(Since::Time(1_795_575_554))),
            (Some("10m"), Ok(Since::Time(99_400))),
            (Some("1h30m"), Ok(Since::Time(94_600))),
            (Some("1.5h"), Ok(Since::Time(94_600))),
            (Some("1d"), Err(Refusal::SinceInvalid)),
            (Some("1.5"), Err(Refusal::SinceInvalid)),
            (Some("1..5h"), Err(Refusal::SinceInvalid)),
            (Some("h"), Err(Refusal::SinceInvalid)),
            (Some("2 hours"), Err(Refusal::SinceInvalid)),
            (Some("99999999999999999999"), Err(Refusal::SinceInvalid)),
            (Some("99999999999999999999h"), Err(Refusal::SinceInvalid)),
        ];
        for (text, since) in cases {
            assert_eq!(Since::parse(text, 100_000), since, "{text:?}");
        }
    }
}
