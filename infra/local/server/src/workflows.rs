//! Our own workflows: their committed definitions are registered at each start, and the policies of their roles are what
//! they are held to.

use std::sync::Arc;

use journal::Batch;

use crate::host::{Content, Host, HostError};
use crate::runners::function_name;
use crate::{StartError, addresses, process_message};

/// One workflow, as it was reviewed and committed.
pub(crate) struct Workflow {
    /// The state machine's name.
    pub(crate) name: &'static str,
    definition: &'static str,
    policy: &'static str,
    input_schema: &'static str,
}

macro_rules! workflow {
    ($name:expr, $directory:literal) => {
        Workflow {
            name: $name,
            definition: include_str!(concat!(
                "../../../../workflows/generated/",
                $directory,
                "/definition.asl.json"
            )),
            policy: include_str!(concat!("../../../../workflows/generated/", $directory, "/policy.json")),
            input_schema: include_str!(concat!(
                "../../../../workflows/generated/",
                $directory,
                "/input.schema.json"
            )),
        }
    };
}

/// Every workflow that this server brings.
pub(crate) const ALL: [Workflow; 3] = [
    workflow!("escalate-message", "escalate-message"),
    workflow!(process_message::NAME, "process-message"),
    workflow!("redrive-dead-letters", "redrive-dead-letters"),
];

/// Whether a state machine is one of ours.
pub(crate) fn is_ours(name: &str) -> bool {
    ALL.iter().any(|workflow| workflow.name == name)
}

/// The JSON schemas of the inputs of our state machines, by their names.
pub(crate) fn input_schemas() -> impl Iterator<Item = (String, serde_json::Value)> {
    ALL.iter().map(|workflow| {
        let schema = serde_json::from_str(workflow.input_schema);
        (workflow.name.to_owned(), schema.expect("codegen writes JSON"))
    })
}

/// Registers every committed definition. Executions that run keep the definition they were started with.
pub(crate) async fn register(host: &Arc<Host>, stage: &str) -> Result<(), StartError> {
    for workflow in &ALL {
        let registered = workflow.register(host, stage).await;
        registered.map_err(|error| StartError::Recovery {
            detail: format!("{}: {error}", workflow.name),
        })?;
    }
    Ok(())
}

impl Workflow {
    async fn register(&self, host: &Arc<Host>, stage: &str) -> Result<(), HostError> {
        let content = Content {
            definition: filled(self.definition, stage),
            role_arn: addresses::ROLE_ARN.to_owned(),
            settings: crate::wire::default_settings(),
        };
        match host.journal.state_machine(self.name).await? {
            None => host
                .create_state_machine(self.name, content, |_| Batch::new())
                .await
                .map(|_| ()),
            Some(current) if current.revision.definition == content.definition => Ok(()),
            Some(current) => host.update_state_machine(&current, content).await.map(|_| ()),
        }
    }

    /// The policy of the workflow's role, as JSON, with this machine's addresses.
    pub(crate) fn policy(&self, stage: &str) -> String {
        filled(self.policy, stage)
    }
}

/// Puts this machine's addresses in place of placeholders: `${DeliverMessageArn}` becomes the ARN of that activity's
/// function, `${ProcessMessageArn}` that of the workflow and `${ProcessMessageExecutionsArn}` that of all its executions,
/// `${DeadLetterQueueUrl}` and `${DeadLetterQueueArn}` those of the local queue.
fn filled(text: &str, stage: &str) -> String {
    let queue = addresses::dead_letter_queue(stage);
    let text = text
        .replace("${DeadLetterQueueUrl}", &addresses::queue_url(&queue))
        .replace("${DeadLetterQueueArn}", &addresses::queue_arn(&queue));
    let text = contracts::signatures().iter().fold(text, |text, activity| {
        let arn = addresses::function_arn(&function_name(activity.name));
        text.replace(&format!("${{{}Arn}}", activity.name), &arn)
    });
    ALL.iter().fold(text, |text, workflow| {
        let name = placeholder(workflow.name);
        text.replace(&format!("${{{name}Arn}}"), &addresses::state_machine_arn(workflow.name))
            .replace(
                &format!("${{{name}ExecutionsArn}}"),
                &addresses::execution_arn(workflow.name, "*"),
            )
    })
}

/// `process-message` is `ProcessMessage` in placeholders.
fn placeholder(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or_default();
        first.to_ascii_uppercase() + rest
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, path::Path};

    use super::{ALL, filled};

    #[test]
    fn no_placeholder_is_left_that_nobody_fills() {
        for workflow in &ALL {
            let name = workflow.name;
            assert!(!filled(workflow.definition, "dev").contains("${"), "{name}");
            assert!(!workflow.policy("dev").contains("${"), "{name}");
        }
    }

    #[test]
    fn a_workflow_may_start_another() {
        let text = "${ProcessMessageArn} ${ProcessMessageExecutionsArn} ${OtherArn}";
        let arn =
            |kind: &str, rest: &str| format!("arn:aws:states:us-east-1:123456789012:{kind}:process-message{rest}");
        let expected = format!("{} {} ${{OtherArn}}", arn("stateMachine", ""), arn("execution", ":*"));
        assert_eq!(filled(text, "dev"), expected);
    }

    #[test]
    fn every_generated_workflow_is_registered() {
        let generated = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../workflows/generated");
        let entries = std::fs::read_dir(generated).unwrap().map(Result::unwrap);
        let directories = entries.filter(|entry| entry.file_type().unwrap().is_dir());
        let generated: BTreeSet<_> = directories
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        assert_eq!(generated, ALL.iter().map(|workflow| workflow.name.to_owned()).collect());
    }
}
