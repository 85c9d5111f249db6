//! `ValidateStateMachineDefinition`.

use std::sync::Arc;

use asl::{ExecutionType, Findings, Kind, Severity};
use serde_json::{Value, json};

use super::operations::Answer;
use super::parameters::Parameters;
use super::state_machines::DEFINITION_BYTES;
use crate::definition;
use crate::host::Host;

/// `ValidateStateMachineDefinition`: every finding, as AWS shows it. What this server cannot run yet is valid all the same.
pub(super) async fn validate(_host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let text = parameters.text("definition", 1, DEFINITION_BYTES);
    let machine_type = parameters.choice("type", &["STANDARD", "EXPRESS"]);
    let severity = parameters.choice("severity", &["ERROR", "WARNING"]);
    let most = parameters
        .number("maxResults", 0, 100)
        .filter(|most| *most > 0)
        .unwrap_or(100);
    parameters.check()?;
    let machine_type = match machine_type.as_deref() {
        Some("EXPRESS") => ExecutionType::Express,
        _ => ExecutionType::Standard,
    };
    let (findings, result) = match definition::check(&text, machine_type) {
        Ok(parsed) => (parsed.warnings, "OK"),
        Err(findings) => (findings, "FAIL"),
    };
    let mut diagnostics = diagnostics(&findings, severity.as_deref() == Some("WARNING"));
    let most = usize::try_from(most).unwrap_or_default();
    let truncated = diagnostics.len() > most;
    diagnostics.truncate(most);
    Ok(json!({ "result": result, "diagnostics": diagnostics, "truncated": truncated }))
}

fn diagnostics(findings: &Findings, with_warnings: bool) -> Vec<Value> {
    findings
        .iter()
        .filter(|finding| with_warnings || finding.severity() == Severity::Error)
        .map(|finding| {
            let severity = if finding.severity() == Severity::Error {
                "ERROR"
            } else {
                "WARNING"
            };
            let mut diagnostic = json!({ "severity": severity, "code": finding.code(), "message": finding.message });
            if let Some(location) = &finding.location {
                diagnostic["location"] = json!(location);
                // The parser's message ends with the place, as an exception of Java's does.
                if finding.kind == Kind::Syntax {
                    diagnostic["message"] = json!(format!("{}\n at {location}", finding.message));
                }
            }
            diagnostic
        })
        .collect()
}
