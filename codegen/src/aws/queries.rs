//! Saved queries of CloudWatch Logs Insights: the seed's three.

use serde_json::{Value, json};

use super::names::{reference, sub};

const QUERIES: [(&str, &str, &str); 3] = [
    (
        "LogsOfCorrelationId",
        "logs-of-a-correlation-id",
        "fields @timestamp, level, @message\n| filter correlation_id = \"PUT-THE-ID-HERE\"\n| sort @timestamp asc\n",
    ),
    (
        "ErrorsByMessage",
        "errors-by-message",
        "filter level = \"ERROR\"\n| stats count() as errors by message_id\n| sort errors desc\n",
    ),
    (
        "DurationOfMessagesApi",
        "duration-of-the-messages-api",
        "filter path = \"/api/messages\"\n| stats avg(duration_ms), max(duration_ms), pct(duration_ms, 95)\n",
    ),
];

/// The queries over the logs of these functions.
pub(crate) fn resources(functions: &[String]) -> Vec<(String, Value)> {
    let logs: Vec<Value> = functions.iter().map(|name| reference(&format!("{name}Logs"))).collect();
    let query = |(logical, name, text): (&str, &str, &str)| {
        let properties = json!({
            "Name": sub(&format!("rez-agent-${{Stage}}/{name}")),
            "QueryString": text,
            "LogGroupNames": logs,
        });
        let resource = json!({ "Type": "AWS::Logs::QueryDefinition", "Properties": properties });
        (logical.to_owned(), resource)
    };
    QUERIES.into_iter().map(query).collect()
}
