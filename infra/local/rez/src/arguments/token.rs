//! The options of `rez token`.

use authorizer::{Lifetime, OWNER, Right};
use clap::Args;

use super::values::duration;

#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    /// What may be done with it; several are separated by commas.
    #[arg(
        long,
        value_name = "SCOPE",
        value_delimiter = ',',
        default_values = [Right::Read.as_str(), Right::Write.as_str()],
        value_parser = scope
    )]
    pub(crate) scope: Vec<Right>,
    /// How long it is valid.
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = lifetime)]
    pub(crate) expires: Lifetime,
    /// Whose messages it sends and reads: a name for the program that gets it.
    #[arg(long, value_name = "NAME", default_value = OWNER, value_parser = subject)]
    pub(crate) subject: String,
}

fn scope(text: &str) -> Result<Right, String> {
    Right::named(text).ok_or_else(|| {
        let names = Right::ALL.map(Right::as_str).join(", ");
        format!("write one of {names}")
    })
}

fn lifetime(text: &str) -> Result<Lifetime, String> {
    Lifetime::new(duration(text)?)
        .ok_or_else(|| "a token is valid for a second at least and for ten years at most".to_owned())
}

fn subject(text: &str) -> Result<String, String> {
    let usable = (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte));
    usable
        .then(|| text.to_owned())
        .ok_or_else(|| "write 1 to 64 of the characters A-Z a-z 0-9 - _ . @".to_owned())
}
