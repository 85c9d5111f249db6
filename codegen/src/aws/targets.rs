//! What the placeholders of definitions and policies are in the template.

use std::collections::BTreeMap;

use flow::Workflow;
use serde_json::{Map, Value};

use super::Function;
use super::names::{attribute, logical, reference, sub};

/// Everything that a workflow may name.
pub(crate) struct Targets {
    functions: Vec<String>,
    /// The names of state machines by their logical names.
    machines: BTreeMap<String, String>,
    /// The types of the resources that people wrote, by their logical names.
    written: BTreeMap<String, String>,
}

const TABLE: &str = "AWS::DynamoDB::Table";
const QUEUE: &str = "AWS::SQS::Queue";
const TOPIC: &str = "AWS::SNS::Topic";
const ACTIVITY: &str = "AWS::StepFunctions::Activity";

impl Targets {
    pub(crate) fn new(functions: &[Function], workflows: &[Workflow], written: Option<&Map<String, Value>>) -> Self {
        let kind = |resource: &Value| resource["Type"].as_str().unwrap_or_default().to_owned();
        let written = written.into_iter().flatten();
        Self {
            functions: functions.iter().map(Function::logical).collect(),
            machines: workflows
                .iter()
                .map(|workflow| (logical(&workflow.name), workflow.name.clone()))
                .collect(),
            written: written.map(|(name, resource)| (name.clone(), kind(resource))).collect(),
        }
    }

    /// What stands in a definition. Functions are called by version: an alias moves, and a waiting execution would meet code
    /// that it does not know.
    pub(crate) fn substitution(&self, placeholder: &str) -> Option<Value> {
        if let Some(function) = self.function(placeholder) {
            return Some(reference(&format!("{function}.Version")));
        }
        if let Some(queue) = self.written(placeholder, "Url", QUEUE) {
            return Some(reference(queue));
        }
        if self.is(placeholder, TABLE) {
            return Some(reference(placeholder));
        }
        self.machine(placeholder).or_else(|| self.by_reference(placeholder))
    }

    /// What stands in a policy: every version of a function, because executions of up to a year ago call older ones.
    pub(crate) fn arn(&self, placeholder: &str) -> Option<Value> {
        if let Some(function) = self.function(placeholder) {
            return Some(sub(&format!("${{{function}.Arn}}:*")));
        }
        for kind in [QUEUE, TABLE] {
            if let Some(resource) = self.written(placeholder, "Arn", kind) {
                return Some(attribute(resource, "Arn"));
            }
        }
        self.machine(placeholder).or_else(|| self.by_reference(placeholder))
    }

    /// The logical name of the function that is called.
    pub(crate) fn function<'a>(&self, placeholder: &'a str) -> Option<&'a str> {
        let name = placeholder.strip_suffix("Arn")?;
        self.functions.iter().any(|function| function == name).then_some(name)
    }

    /// A state machine by its name and not by reference: two of them may start each other.
    fn machine(&self, placeholder: &str) -> Option<Value> {
        let arn = |kind: &str, name: &str, end: &str| {
            sub(&format!(
                "arn:${{AWS::Partition}}:states:${{AWS::Region}}:${{AWS::AccountId}}:{kind}:rez-agent-{name}-${{Stage}}{end}"
            ))
        };
        let named = |suffix: &str| self.machines.get(placeholder.strip_suffix(suffix)?);
        if let Some(name) = named("ExecutionsArn") {
            return Some(arn("execution", name, ":*"));
        }
        named("Arn").map(|name| arn("stateMachine", name, ""))
    }

    /// Topics and activities: `Ref` is their ARN.
    fn by_reference(&self, placeholder: &str) -> Option<Value> {
        let mut found = [TOPIC, ACTIVITY].into_iter();
        found.find_map(|kind| self.written(placeholder, "Arn", kind).map(reference))
    }

    fn written<'a>(&self, placeholder: &'a str, suffix: &str, kind: &str) -> Option<&'a str> {
        let name = placeholder.strip_suffix(suffix)?;
        self.is(name, kind).then_some(name)
    }

    fn is(&self, name: &str, kind: &str) -> bool {
        self.written.get(name).is_some_and(|found| found == kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_kind_is_named_as_its_service_wants_it() {
        let written = json!({
            "OrdersTable": { "Type": TABLE }, "DeadLetterQueue": { "Type": QUEUE },
            "NewsTopic": { "Type": TOPIC }, "PackActivity": { "Type": ACTIVITY },
        });
        let targets = Targets {
            functions: vec!["DeliverMessage".to_owned()],
            machines: [("ProcessMessage".to_owned(), "process-message".to_owned())].into(),
            written: Targets::new(&[], &[], written.as_object()).written,
        };
        let machine = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:rez-agent-process-message-${Stage}";
        let executions = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:rez-agent-process-message-${Stage}:*";
        for (placeholder, substitution, arn) in [
            (
                "DeliverMessageArn",
                Some(json!({ "Ref": "DeliverMessage.Version" })),
                Some(json!({ "Fn::Sub": "${DeliverMessage.Arn}:*" })),
            ),
            ("DeadLetterQueueUrl", Some(json!({ "Ref": "DeadLetterQueue" })), None),
            (
                "DeadLetterQueueArn",
                None,
                Some(json!({ "Fn::GetAtt": ["DeadLetterQueue", "Arn"] })),
            ),
            ("OrdersTable", Some(json!({ "Ref": "OrdersTable" })), None),
            (
                "OrdersTableArn",
                None,
                Some(json!({ "Fn::GetAtt": ["OrdersTable", "Arn"] })),
            ),
            (
                "NewsTopicArn",
                Some(json!({ "Ref": "NewsTopic" })),
                Some(json!({ "Ref": "NewsTopic" })),
            ),
            (
                "PackActivityArn",
                Some(json!({ "Ref": "PackActivity" })),
                Some(json!({ "Ref": "PackActivity" })),
            ),
            (
                "ProcessMessageArn",
                Some(json!({ "Fn::Sub": machine })),
                Some(json!({ "Fn::Sub": machine })),
            ),
            (
                "ProcessMessageExecutionsArn",
                Some(json!({ "Fn::Sub": executions })),
                Some(json!({ "Fn::Sub": executions })),
            ),
            ("UnknownArn", None, None),
        ] {
            assert_eq!(targets.substitution(placeholder), substitution, "{placeholder}");
            assert_eq!(targets.arn(placeholder), arn, "{placeholder}");
        }
    }
}
