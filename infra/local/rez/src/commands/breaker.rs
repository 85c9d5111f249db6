//! `rez breaker`.

use serde_json::Value;

use crate::arguments::{BreakerAction, BreakerArgs};
use crate::client::Client;
use crate::failure::Failure;
use crate::output::{self, word};
use crate::session::Session;

/// Shows the circuit breakers, or closes them.
pub(crate) async fn run(session: &Session, arguments: &BreakerArgs) -> Result<(), Failure> {
    let client = &session.client;
    let breakers = match &arguments.action {
        None => client.breakers().await?,
        Some(BreakerAction::Reset { service: Some(service) }) => vec![client.reset_breaker(service).await?],
        Some(BreakerAction::Reset { service: None }) => all_reset(client).await?,
    };
    if arguments.json {
        return output::json_lines(&breakers);
    }
    output::note_if_none(&breakers, "no circuit breakers: no delivery has found ntfy unavailable");
    breakers.iter().try_for_each(|breaker| {
        let until = word(breaker, "/until");
        let until = if until.is_empty() {
            String::new()
        } else {
            format!(" until {}", output::time(until))
        };
        let status = output::status(word(breaker, "/state"));
        output::line(format_args!("{}  {status}{until}", word(breaker, "/service_name")))
    })
}

async fn all_reset(client: &Client) -> Result<Vec<Value>, Failure> {
    let mut reset = Vec::new();
    for breaker in client.breakers().await? {
        reset.push(client.reset_breaker(word(&breaker, "/service_name")).await?);
    }
    Ok(reset)
}
