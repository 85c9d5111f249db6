//! What an activity implements.

use expr::Activity;
use jiff::Timestamp;

use crate::Failure;

/// An activity's code. It knows its ports and nothing of Lambda, of the workflow that calls it, or of what comes next.
pub trait Handler: Send + Sync {
    /// The contract it keeps.
    type Activity: Activity;

    /// What its log lines are tied to.
    fn subject(input: &<Self::Activity as Activity>::Input) -> Subject;

    /// Does the work once. May be called again with the same input: see [`Invocation::repeated`].
    fn handle(
        &self,
        input: <Self::Activity as Activity>::Input,
        invocation: &Invocation,
    ) -> impl Future<Output = HandlerResult<Self::Activity>> + Send;
}

type HandlerResult<A> = Result<<A as Activity>::Output, Failure<<A as Activity>::Error>>;

/// One call of an activity, as its host sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invocation {
    /// Lambda's request id; locally, the id of the task.
    pub request_id: String,
    /// When the host stops waiting; `None` if it waits for ever.
    pub deadline: Option<Timestamp>,
    /// The host may be repeating a task whose first run was cut off, after a crash: what the task does outside may have
    /// been done already. Lambda cannot know it and says `false`; there, the input carries what is needed.
    pub repeated: bool,
}

/// Whom and what log lines are about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The message.
    pub message_id: Option<String>,
    /// Ties together what one request caused.
    pub correlation_id: Option<String>,
}
