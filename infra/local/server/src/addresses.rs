//! The names under which things are found on one machine, in AWS's form.

/// The region of everything local.
pub(crate) const REGION: &str = "us-east-1";
/// The account of everything local: the one that AWS's documentation uses.
pub(crate) const ACCOUNT: &str = "123456789012";
/// The role of what the server registers itself. Roles are kept and shown, never assumed.
pub(crate) const ROLE_ARN: &str = "arn:aws:iam::123456789012:role/rez";

/// What all ARNs of Step Functions begin with.
pub(crate) fn states_prefix() -> String {
    format!("arn:aws:states:{REGION}:{ACCOUNT}")
}

/// `arn:aws:states:…:stateMachine:NAME`.
pub(crate) fn state_machine_arn(name: &str) -> String {
    format!("arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}")
}

/// `arn:aws:states:…:execution:STATE MACHINE:NAME`.
pub(crate) fn execution_arn(state_machine: &str, name: &str) -> String {
    format!("arn:aws:states:{REGION}:{ACCOUNT}:execution:{state_machine}:{name}")
}

/// `arn:aws:states:…:activity:NAME`.
pub(crate) fn activity_arn(name: &str) -> String {
    format!("arn:aws:states:{REGION}:{ACCOUNT}:activity:{name}")
}

/// `arn:aws:scheduler:…:schedule/default/NAME`.
pub(crate) fn schedule_arn(name: &str) -> String {
    format!("arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{name}")
}

/// `arn:aws:lambda:…:function:NAME`.
pub(crate) fn function_arn(name: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}")
}

/// The URL of a local queue. Nothing listens there: it is a name in AWS's form.
pub(crate) fn queue_url(name: &str) -> String {
    format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}")
}

/// `arn:aws:sqs:…:NAME`.
pub(crate) fn queue_arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

/// `arn:aws:sns:…:NAME`.
pub(crate) fn topic_arn(name: &str) -> String {
    format!("arn:aws:sns:{REGION}:{ACCOUNT}:{name}")
}

/// The name of the queue whose URL this is.
pub(crate) fn queue_name(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}

/// The queue of a stage that says which messages are dead-lettered.
pub(crate) fn dead_letter_queue(stage: &str) -> String {
    format!("rez-agent-message-queue-dlq-{stage}")
}

/// The topic of a stage to which the ends of messages are published.
pub(crate) fn events_topic(stage: &str) -> String {
    format!("rez-agent-messages-{stage}")
}

/// The name of a function given by name, partial ARN or ARN, with or without a qualifier.
///
/// Source: Lambda API reference, `Invoke`, `FunctionName`.
pub(crate) fn function_name(given: &str) -> &str {
    let name = given.split_once("function:").map_or(given, |(_, name)| name);
    name.split(':').next().unwrap_or(name)
}

/// The parts of `arn:aws:states:REGION:ACCOUNT:KIND:NAME[:NAME]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StatesArn<'a> {
    /// `stateMachine`, `execution`, `activity`, …
    pub(crate) kind: &'a str,
    /// The first name after it.
    pub(crate) name: &'a str,
    /// The second name, of an execution; or the version or alias of a state machine.
    pub(crate) second: Option<&'a str>,
}

impl<'a> StatesArn<'a> {
    /// Takes an ARN apart; `None` if it does not begin as ARNs of this service do.
    pub(crate) fn parse(arn: &'a str) -> Option<Self> {
        let mut parts = arn.splitn(8, ':');
        let (prefix, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        if prefix != "arn" || !partition.starts_with("aws") || service != "states" {
            return None;
        }
        let (_region, _account) = (parts.next()?, parts.next()?);
        Some(Self {
            kind: parts.next()?,
            name: parts.next()?,
            second: parts.next(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{StatesArn, execution_arn, function_arn, function_name, queue_name, queue_url};

    #[test]
    fn an_execution_arn_comes_apart_as_it_was_put_together() {
        let arn = execution_arn("process-message", "m-1");
        let parts = StatesArn::parse(&arn).unwrap();
        assert_eq!(
            (parts.kind, parts.name, parts.second),
            ("execution", "process-message", Some("m-1"))
        );
    }

    #[test]
    fn what_is_no_arn_of_the_service_is_refused() {
        for text in [
            "",
            "nonsense",
            "arn:aws:lambda:us-east-1:1:function:f",
            "arn:aws:states:us-east-1:1",
        ] {
            assert_eq!(StatesArn::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_function_is_named_in_several_ways() {
        for given in [
            "f",
            "f:$LATEST",
            "123456789012:function:f",
            &function_arn("f"),
            &function_arn("f:live"),
        ] {
            assert_eq!(function_name(given), "f", "{given}");
        }
    }

    #[test]
    fn a_queue_is_named_by_the_end_of_its_url() {
        assert_eq!(queue_name(&queue_url("dlq")), "dlq");
    }
}
