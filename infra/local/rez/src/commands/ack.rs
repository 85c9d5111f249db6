//! `rez ack`.

use crate::arguments::AckArgs;
use crate::failure::Failure;
use crate::output::{self, word};
use crate::session::Session;

/// Acknowledges a message that is being escalated.
pub(crate) async fn run(session: &Session, arguments: &AckArgs) -> Result<(), Failure> {
    let given = session
        .client
        .acknowledge(&arguments.id, arguments.by.as_deref())
        .await?;
    if arguments.json {
        return output::json_lines(&[given]);
    }
    let at = output::time(word(&given, "/at"));
    let heard = if given["heard"] == true {
        ""
    } else {
        "; it is heard when the next round begins"
    };
    output::line(format_args!("{}  acknowledged at {at}{heard}", arguments.id))
}
