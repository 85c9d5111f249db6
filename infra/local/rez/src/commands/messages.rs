//! `rez messages`.

use crate::arguments::MessagesArgs;
use crate::failure::Failure;
use crate::hint::rez;
use crate::output::{self, excerpt, word};
use crate::session::Session;

/// Lists messages.
pub(crate) async fn run(session: &Session, arguments: &MessagesArgs) -> Result<(), Failure> {
    let messages = session
        .client
        .messages(arguments.status.as_deref(), arguments.limit)
        .await?;
    if arguments.json {
        return output::json_lines(&messages);
    }
    output::note_if_none(
        &messages,
        format_args!("no such messages: {} send \"hello\" sends one", rez()),
    );
    for message in &messages {
        let title = word(message, "/title");
        let text = if title.is_empty() {
            word(message, "/body")
        } else {
            title
        };
        let status = word(message, "/status");
        let padding = " ".repeat(10_usize.saturating_sub(status.len()));
        let (id, at, text) = (
            word(message, "/message_id"),
            output::time(word(message, "/created_at")),
            excerpt(text, 50),
        );
        output::line(format_args!(
            "{id}  {}{padding}  {at:<24}  {text}",
            output::status(status)
        ))?;
    }
    Ok(())
}
