//! `rez cancel`.

use crate::arguments::CancelArgs;
use crate::failure::Failure;
use crate::output;
use crate::session::Session;

/// Cancels a message that is not delivered yet, and says how it has ended.
pub(crate) async fn run(session: &Session, arguments: &CancelArgs) -> Result<(), Failure> {
    session.client.cancel(&arguments.id).await?;
    let message = session.client.ended(&arguments.id).await?;
    if arguments.json {
        return output::json_lines(&[message]);
    }
    let what = match output::word(&message, "/status") {
        "failed" => "failed: ntfy may have it, and a redrive looks before it sends",
        status => status,
    };
    output::line(format_args!("{}  {what}", arguments.id))
}
