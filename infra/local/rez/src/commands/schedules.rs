//! `rez schedules`.

mod create;
mod next;

use jiff::Timestamp;
use serde_json::{Value, json};

pub(crate) use create::request;
pub(crate) use next::run as next;

use crate::arguments::{NameArgs, SchedulesAction, SchedulesArgs};
use crate::failure::Failure;
use crate::hint::rez;
use crate::output::{self, excerpt, harmless, word};
use crate::session::Session;

/// Reads or changes schedules. `request` is what `create` asks for.
pub(crate) async fn run(session: &Session, arguments: &SchedulesArgs, request: Option<&Value>) -> Result<(), Failure> {
    let (client, json) = (&session.client, arguments.json);
    match &arguments.action {
        None | Some(SchedulesAction::List) => return list(session, json).await,
        Some(SchedulesAction::Create(_)) => {
            let created = client.create_schedule(request.unwrap_or(&Value::Null)).await?;
            told(&created, "created", json)?;
        }
        Some(SchedulesAction::Show(one)) => return show(&client.schedule(&one.name).await?.0, json),
        Some(SchedulesAction::Pause(one)) => told(&set_enabled(session, one, false).await?, "paused", json)?,
        Some(SchedulesAction::Resume(one)) => told(&set_enabled(session, one, true).await?, "resumed", json)?,
        Some(SchedulesAction::Delete(one)) => {
            client.delete_schedule(&one.name).await?;
            return told(&json!({ "name": one.name, "deleted": true }), "deleted", json);
        }
        // It needs no server and is done before one is looked for.
        Some(SchedulesAction::Next(_)) => {}
    }
    if session.is_own() {
        output::note(format_args!(
            "no {} serve is running on this data directory: schedules fire while one runs",
            rez()
        ));
    }
    Ok(())
}

async fn list(session: &Session, json: bool) -> Result<(), Failure> {
    let schedules = session.client.schedules().await?;
    if json {
        return output::json_lines(&schedules);
    }
    let example = format!(
        "{} schedules create NAME --cron \"0 9 * * ? *\" -- TEXT creates one",
        rez()
    );
    output::note_if_none(&schedules, format_args!("no schedules: {example}"));
    let rows: Vec<Vec<String>> = schedules
        .iter()
        .map(|schedule| {
            vec![
                word(schedule, "/name").to_owned(),
                word(schedule, "/expression").to_owned(),
                word(schedule, "/timezone").to_owned(),
                upcoming(schedule),
                excerpt(word(schedule, "/message/body"), 40),
            ]
        })
        .collect();
    output::table(&rows)
}

/// When a schedule fires next, in one word or time.
fn upcoming(schedule: &Value) -> String {
    match schedule["next"][0].as_str() {
        Some(next) => at_home(next, word(schedule, "/timezone")),
        None if schedule["enabled"] == true => "over".to_owned(),
        None => "paused".to_owned(),
    }
}

fn told(schedule: &Value, what: &str, json: bool) -> Result<(), Failure> {
    if json {
        return output::line(schedule);
    }
    let name = word(schedule, "/name");
    output::line(match schedule["next"][0].as_str() {
        Some(next) => format!(
            "schedule {name} {what}: fires next at {}",
            at_home(next, word(schedule, "/timezone"))
        ),
        None => format!("schedule {name} {what}"),
    })
}

fn show(schedule: &Value, json: bool) -> Result<(), Failure> {
    if json {
        return output::line(schedule);
    }
    let zone = word(schedule, "/timezone");
    let text = |pointer: &str| harmless(word(schedule, pointer));
    let state = if schedule["enabled"] == true {
        "enabled"
    } else {
        "paused"
    };
    let catch_up = format!("{} s late at most", schedule["catch_up"]);
    let mut rows = vec![
        ("name", text("/name")),
        ("expression", text("/expression")),
        ("timezone", text("/timezone")),
        ("start", text("/start")),
        ("end", text("/end")),
        ("state", state.to_owned()),
        ("made up for", catch_up),
        ("title", text("/message/title")),
        ("topic", text("/message/topic")),
        ("priority", text("/message/priority")),
    ];
    for next in schedule["next"].as_array().into_iter().flatten() {
        rows.push(("next", at_home(next.as_str().unwrap_or_default(), zone)));
    }
    if let Some(last) = schedule["last"]["scheduled_time"].as_str() {
        rows.push((
            "last",
            format!("{} as message {}", at_home(last, zone), text("/last/message_id")),
        ));
    }
    for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        output::line(format_args!("{name:<12} {value}"))?;
    }
    output::line("")?;
    output::line(text("/message/body"))
}

/// Pauses a schedule or lets it go on; whatever else it is stays as it is, also if somebody changes it meanwhile.
async fn set_enabled(session: &Session, one: &NameArgs, enabled: bool) -> Result<Value, Failure> {
    let (schedule, tag) = session.client.schedule(&one.name).await?;
    let kept = ["expression", "timezone", "start", "end", "catch_up", "message"];
    let mut changed: Value = kept
        .map(|field| (field.to_owned(), schedule[field].clone()))
        .into_iter()
        .collect();
    changed["enabled"] = json!(enabled);
    session.client.change_schedule(&one.name, &changed, &tag).await
}

/// A time as clocks of the zone show it, with the offset; what is no time is left as it is.
fn at_home(time: &str, zone: &str) -> String {
    let zone = schedule::Zone::named(zone).unwrap_or_else(|_| schedule::Zone::utc());
    time.parse::<Timestamp>()
        .map_or_else(|_| time.to_owned(), |at| zone.show(at))
}
