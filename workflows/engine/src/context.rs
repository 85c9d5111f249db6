//! The context object, `$states.context`.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::data::Data;
use crate::frame::{Doing, FrameId};
use crate::machine::Kind;
use crate::run::Run;

impl Run<'_> {
    /// The context object as a frame's current state sees it.
    ///
    /// Source: Step Functions Developer Guide, "Accessing execution data from the Context object".
    pub(crate) fn context(&self, frame: FrameId, item: Option<(u32, &Value)>) -> Value {
        let identity = &self.execution.identity;
        let current = self.execution.frame(frame);
        let mut context = Map::new();
        let mut execution = json!({
            "Id": identity.execution_arn,
            "Input": self.execution.input.value(),
            "StartTime": instant(self.execution.started),
            "Name": identity.execution_name,
            "RoleArn": identity.role_arn,
            "RedriveCount": self.execution.redrives,
        });
        // It is there only once there was a redrive.
        if let Some(redriven) = self.execution.redriven {
            execution["RedriveTime"] = json!(instant(redriven));
        }
        context.insert("Execution".into(), execution);
        context.insert(
            "StateMachine".into(),
            json!({
                "Id": identity.state_machine_arn,
                "Name": identity.state_machine_name,
            }),
        );
        let state = self.machine.state(current.state);
        let mut about = json!({ "Name": state.name, "EnteredTime": instant(current.entered_at) });
        // The recorded histories show it only where a state can be tried again.
        if matches!(state.kind, Kind::Task(_) | Kind::Parallel(_) | Kind::Map(_)) {
            about["RetryCount"] = json!(current.retry_count());
        }
        context.insert("State".into(), about);
        if let Some(token) = self.token(frame) {
            context.insert("Task".into(), json!({ "Token": token }));
        }
        if let Some((index, value)) = item {
            context.insert("Map".into(), json!({ "Item": { "Index": index, "Value": value } }));
        } else if let Some((index, value)) = self.item(frame) {
            context.insert("Map".into(), json!({ "Item": { "Index": index, "Value": value } }));
        }
        Value::Object(context)
    }

    fn token(&self, frame: FrameId) -> Option<&str> {
        match &self.execution.frame(frame).doing {
            Doing::Calling(call) => call.token.as_deref(),
            _ => self.new_token.as_deref(),
        }
    }

    /// The item of the innermost iteration around a frame.
    fn item(&self, frame: FrameId) -> Option<(u32, &Value)> {
        let child = self.execution.frame(frame);
        let parent = child.parent?;
        match &self.execution.frame(parent).doing {
            Doing::Iterating(iterations) => Some((child.index, item_of(&iterations.items, child.index))),
            _ => self.item(parent),
        }
    }
}

/// The item with this index.
pub(crate) fn item_of(items: &Data, index: u32) -> &Value {
    items.value().get(index as usize).unwrap_or(&Value::Null)
}

/// A time as the context object writes it: RFC 3339 in UTC with milliseconds.
fn instant(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
