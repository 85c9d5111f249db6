//! `rez schedules create`: from options to the request.

use api::NewSchedule;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::next::mark;
use crate::arguments::CreateArgs;
use crate::commands::input;
use crate::failure::Failure;

/// The request, checked by the API's own rules.
pub(crate) fn request(arguments: &CreateArgs) -> Result<Value, Failure> {
    let expression = expression(arguments);
    mark(&expression);
    let request = fields([
        ("name", Some(json!(arguments.name))),
        ("expression", Some(json!(expression))),
        ("timezone", Some(json!(arguments.timezone))),
        ("start", arguments.start.map(|start| json!(start))),
        ("end", arguments.end.map(|end| json!(end))),
        ("catch_up", arguments.catch_up.as_ref().map(|catch_up| json!(catch_up))),
        ("enabled", Some(json!(!arguments.paused))),
        ("message", Some(message(arguments)?)),
    ]);
    NewSchedule::parse(request.clone(), None, Timestamp::now()).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Failure::refused(lines.join("; "))
    })?;
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
    let text = |given: &Option<String>| given.as_ref().map(|given| json!(given));
    Ok(Value::Object(fields([
        ("body", Some(json!(input::text(&arguments.body, "body")?))),
        ("title", text(&arguments.title)),
        ("topic", text(&arguments.topic)),
        ("priority", text(&arguments.priority)),
        ("tags", (!arguments.tags.is_empty()).then(|| json!(arguments.tags))),
        ("click", text(&arguments.click)),
        ("markdown", arguments.markdown.then_some(Value::Bool(true))),
        ("patience", text(&arguments.patience)),
    ])))
}

fn fields<const N: usize>(fields: [(&str, Option<Value>); N]) -> Map<String, Value> {
    let given = fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    given.collect()
}
