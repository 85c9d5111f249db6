//! `rez schedules create`: from options to the request.

use api::NewSchedule;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::next::mark;
use crate::arguments::CreateArgs;
use crate::commands::input;
use crate::failure::Failure;

/// The request, checked by the API's own rules.
pub(crate) fn request(arguments: &CreateArgs) -> Result<Value, Failure> {
    let expression = expression(arguments);
    mark(&expression);
    let request = input::given([
        ("name", Some(json!(arguments.name))),
        ("expression", Some(json!(expression))),
        ("timezone", Some(json!(arguments.timezone))),
        ("start", arguments.start.map(|start| json!(start))),
        ("end", arguments.end.map(|end| json!(end))),
        ("catch_up", arguments.catch_up.as_ref().map(|catch_up| json!(catch_up))),
        ("enabled", Some(json!(!arguments.paused))),
        ("message", Some(message(arguments)?)),
    ]);
    NewSchedule::parse(request.clone(), None, Timestamp::now())?;
    Ok(Value::Object(request))
}

/// The expression that one of the options means. A whole expression may be given as well, as it stands elsewhere.
fn expression(arguments: &CreateArgs) -> String {
    let when = &arguments.when;
    let given = [("cron", &when.cron), ("rate", &when.rate), ("at", &when.at)];
    let given = given
        .into_iter()
        .find_map(|(kind, value)| Some((kind, value.as_ref()?)));
    // The command line has exactly one.
    given.map_or_else(String::new, |(kind, value)| {
        if value.starts_with(kind) {
            value.clone()
        } else {
            format!("{kind}({value})")
        }
    })
}

fn message(arguments: &CreateArgs) -> Result<Value, Failure> {
    let body = ("body", Some(json!(input::text(&arguments.body, "body")?)));
    let fields = [body].into_iter().chain(arguments.options.fields());
    Ok(Value::Object(input::given(fields)))
}
