//! What things of a stage are called. The template gives them these names, and a test holds both against each other.

/// The functions, without what stands around their names.
pub(crate) const FUNCTIONS: [&str; 9] = [
    "ask-for-acknowledgement",
    "authorizer",
    "deliver-message",
    "list-dead-letters",
    "persist-message",
    "record-outcome",
    "redrive-message",
    "start-messages",
    "web-api",
];
/// The parameters that `infra/aws/secrets` puts, and what each is for.
pub(crate) const PARAMETERS: [(&str, &str); 3] = [
    ("ntfy-url", "the address of ntfy"),
    ("ntfy-api-key", "ntfy's access token"),
    ("session-key", "the key of sessions and links"),
];
/// The dead-letter queue.
pub(crate) const QUEUE: &str = "rez-agent-message-queue-dlq";
/// The queue for bursts.
pub(crate) const INTAKE: &str = "rez-agent-message-queue";
/// The queue for what could not be started or recorded.
pub(crate) const UNDELIVERED: &str = "rez-agent-undelivered";

/// What the template calls the alias of each state machine.
const ALIAS: &str = "live";

/// The names of one stage in one region of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    /// `dev`, `stage` or `prod`.
    pub(crate) stage: String,
    pub(crate) region: String,
    pub(crate) account: String,
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub(crate) partition: String,
    /// Where every service is, if the configuration says so.
    pub(crate) endpoint: Option<String>,
}

impl Names {
    /// The name of something that belongs to the stage.
    pub(crate) fn of(&self, name: &str) -> String {
        format!("{name}-{}", self.stage)
    }

    pub(crate) fn messages(&self) -> String {
        self.of("rez-agent-messages")
    }

    pub(crate) fn breakers(&self) -> String {
        self.of("rez-agent-circuit-breaker")
    }

    pub(crate) fn schedule_group(&self) -> String {
        self.of("rez-agent")
    }

    pub(crate) fn function(&self, name: &str) -> String {
        self.of(&format!("rez-agent-{name}"))
    }

    pub(crate) fn log_group(&self, function: &str) -> String {
        format!("/aws/lambda/{}", self.function(function))
    }

    pub(crate) fn parameter(&self, name: &str) -> String {
        format!("/rez-agent/{}/{name}", self.stage)
    }

    /// The ARN of a workflow's state machine, without version or alias.
    pub(crate) fn state_machine(&self, workflow: &str) -> String {
        let Self {
            partition,
            region,
            account,
            ..
        } = self;
        let name = self.of(&format!("rez-agent-{workflow}"));
        format!("arn:{partition}:states:{region}:{account}:stateMachine:{name}")
    }

    /// The ARN of its alias, by which executions are started: it says which version they get.
    pub(crate) fn alias(&self, workflow: &str) -> String {
        format!("{}:{ALIAS}", self.state_machine(workflow))
    }

    /// The workflow of a state machine's ARN; `None` if it is not of this stage.
    pub(crate) fn workflow<'a>(&self, arn: &'a str) -> Option<&'a str> {
        let name = arn.rsplit(':').next()?.strip_prefix("rez-agent-")?;
        name.strip_suffix(self.stage.as_str())?.strip_suffix('-')
    }

    /// Whether an ARN is of an execution of this stage.
    pub(crate) fn has_execution(&self, arn: &str) -> bool {
        let (partition, region, account) = (&self.partition, &self.region, &self.account);
        let named = arn.strip_prefix(&format!("arn:{partition}:states:{region}:{account}:execution:"));
        let machine = named.and_then(|named| named.split_once(':'));
        machine.is_some_and(|(machine, name)| self.workflow(machine).is_some() && !name.is_empty())
    }

    /// Source: Amazon SQS Developer Guide, "Queue and message identifiers"; China has a domain of its own.
    pub(crate) fn queue_url(&self, queue: &str) -> String {
        let (region, account, queue) = (&self.region, &self.account, self.of(queue));
        let suffix = if self.partition == "aws-cn" { ".cn" } else { "" };
        let host = format!("https://sqs.{region}.amazonaws.com{suffix}");
        let host = self
            .endpoint
            .as_deref()
            .map_or(host.as_str(), |own| own.trim_end_matches('/'));
        format!("{host}/{account}/{queue}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(partition: &str, region: &str) -> Names {
        Names {
            stage: "prod".to_owned(),
            region: region.to_owned(),
            account: "123456789012".to_owned(),
            partition: partition.to_owned(),
            endpoint: None,
        }
    }

    #[test]
    fn a_state_machine_has_the_stage_in_its_name_and_those_of_others_are_not_ours() {
        let names = names("aws", "eu-central-1");
        let arn = names.state_machine("process-message");
        assert_eq!(
            arn,
            "arn:aws:states:eu-central-1:123456789012:stateMachine:rez-agent-process-message-prod"
        );
        assert_eq!(names.workflow(&arn), Some("process-message"));
        for other in [
            "rez-agent-process-message-dev",
            "process-message-prod",
            "rez-agent-prod",
        ] {
            assert_eq!(names.workflow(other), None, "{other}");
        }
    }

    #[test]
    fn an_execution_is_of_the_stage_whose_state_machine_it_is_of() {
        let names = names("aws", "eu-central-1");
        let execution = |rest: &str| format!("arn:aws:states:eu-central-1:123456789012:execution:{rest}");
        assert!(names.has_execution(&execution("rez-agent-process-message-prod:m1")));
        for other in [
            execution("rez-agent-process-message-dev:m1"),
            execution("process-message-prod:m1"),
            execution("rez-agent-process-message-prod:"),
            execution("rez-agent-process-message-prod"),
            "arn:aws:states:eu-west-1:123456789012:execution:rez-agent-process-message-prod:m1".to_owned(),
            "arn:aws:states:eu-central-1:210987654321:execution:rez-agent-process-message-prod:m1".to_owned(),
            "arn:aws-cn:states:eu-central-1:123456789012:execution:rez-agent-process-message-prod:m1".to_owned(),
            "arn:aws:states:eu-central-1:123456789012:stateMachine:rez-agent-process-message-prod".to_owned(),
            "m1".to_owned(),
        ] {
            assert!(!names.has_execution(&other), "{other}");
        }
    }

    #[test]
    fn a_queue_is_where_its_partition_has_it() {
        let url = |partition, region| names(partition, region).queue_url(QUEUE);
        assert_eq!(
            url("aws", "us-east-1"),
            "https://sqs.us-east-1.amazonaws.com/123456789012/rez-agent-message-queue-dlq-prod"
        );
        assert!(url("aws-cn", "cn-north-1").starts_with("https://sqs.cn-north-1.amazonaws.com.cn/"));
    }
}
