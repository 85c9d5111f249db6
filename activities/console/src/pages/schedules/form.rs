//! A schedule as its form shows it, and the API's request that comes of it.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::message_form::{MessageForm, exact, given};

/// A schedule as the API shows it.
#[derive(Debug, Deserialize)]
pub(super) struct Schedule {
    pub(super) name: String,
    pub(super) expression: String,
    pub(super) timezone: String,
    pub(super) start: Option<Timestamp>,
    pub(super) end: Option<Timestamp>,
    pub(super) enabled: bool,
    pub(super) catch_up: u32,
    pub(super) message: Value,
    #[serde(default)]
    pub(super) next: Vec<Timestamp>,
    pub(super) last: Option<Firing>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Firing {
    pub(super) scheduled_time: Timestamp,
    pub(super) message_id: String,
}

/// The fields that say when, as they were typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct When {
    pub(super) name: String,
    pub(super) expression: String,
    pub(super) timezone: String,
    pub(super) start: String,
    pub(super) start_exact: String,
    pub(super) end: String,
    pub(super) end_exact: String,
    pub(super) catch_up: String,
    pub(super) paused: Option<String>,
    /// Which version of the schedule the form shows: its `ETag`.
    pub(super) tag: String,
}

/// What the form sends.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(flatten)]
    pub(super) when: When,
    #[serde(flatten)]
    pub(super) form: MessageForm,
}

/// A schedule as its form shows it; `tag` names the version.
pub(super) fn shown(schedule: &Schedule, tag: String) -> Asked {
    let local = |at: Option<Timestamp>| {
        at.map(|at| at.to_string().trim_end_matches('Z').to_owned())
            .unwrap_or_default()
    };
    Asked {
        when: When {
            name: schedule.name.clone(),
            expression: schedule.expression.clone(),
            timezone: schedule.timezone.clone(),
            start: local(schedule.start),
            end: local(schedule.end),
            catch_up: schedule.catch_up.to_string(),
            paused: (!schedule.enabled).then(|| "1".to_owned()),
            tag,
            ..When::default()
        },
        form: MessageForm::of(&schedule.message),
    }
}

impl Asked {
    /// The body of the API's request, without a name.
    pub(super) fn request(&self) -> Value {
        let mut request = json!({ "enabled": self.when.paused.is_none(), "message": self.form.message() });
        let fields = [
            ("expression", given(&self.when.expression)),
            ("timezone", given(&self.when.timezone)),
            ("start", exact(&self.when.start, &self.when.start_exact)),
            ("end", exact(&self.when.end, &self.when.end_exact)),
            ("catch_up", given(&self.when.catch_up)),
        ];
        for (name, value) in fields {
            if let Some(value) = value {
                request[name] = value;
            }
        }
        request
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::{Schedule, shown};

    #[test]
    fn a_schedule_that_is_shown_and_sent_again_is_the_same() {
        let schedule: Schedule = from_value(json!({
            "name": "daily", "arn": "a", "expression": "cron(0 9 * * ? *)", "timezone": "Europe/Berlin",
            "start": "2030-01-01T00:00:00Z", "end": null, "enabled": false, "catch_up": 3_600,
            "message": { "body": "b", "title": null, "tags": [], "markdown": false, "patience": 60 },
            "created_at": "2029-01-01T00:00:00Z", "updated_at": "2029-01-01T00:00:00Z", "next": [], "last": null,
        }))
        .unwrap();
        assert_eq!(
            shown(&schedule, String::new()).request(),
            json!({
                "enabled": false, "message": { "body": "b", "patience": "60" }, "expression": "cron(0 9 * * ? *)",
                "timezone": "Europe/Berlin", "start": "2030-01-01T00:00:00Z", "catch_up": "3600",
            })
        );
    }
}
