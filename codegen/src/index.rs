//! The page that lists all workflows, and says who made these files.

use std::fmt::Write as _;

use serde_json::Value;

const HEAD: &str = "\
# Workflows

Made by `cargo codegen` from `workflows/catalog`; edited by nobody. `cargo codegen --check` says whether it is fresh,
`cargo codegen --diff REV` what changed since a revision. Every figure called *worst* is an upper bound: every retry is used
up, every loop takes its last round. A state behind a plus waits as long as the data say, which nothing bounds.

| workflow | transitions: cheapest, usual, worst | dollars a million: usual | worst: events | worst: seconds | worst: bytes of a payload |
|---|---|---|---|---|---|
";

/// The index as Markdown, one row a report.
pub(crate) fn index(reports: &[Value]) -> String {
    let mut page = HEAD.to_owned();
    for report in reports {
        let name = report["workflow"].as_str().unwrap_or_default();
        let transitions = &report["transitions"];
        let _ = writeln!(
            page,
            "| [{name}]({name}/definition.asl.json) ([picture]({name}/diagram.svg), [report]({name}/report.json)) | {}, {}, ≤ {} | {} | ≤ {} | {} | ≤ {} |",
            transitions["cheapest"]["count"],
            transitions["usual"]["count"],
            transitions["worst"]["count"],
            report["usd_per_million_executions"]["usual"],
            report["events"]["worst"],
            seconds(&report["duration"]),
            report["payload"]["largest_bytes"],
        );
    }
    page
}

/// The bound, and what comes on top of it.
fn seconds(duration: &Value) -> String {
    let beside = duration["and_beside"].as_array().into_iter().flatten();
    let beside = beside.filter_map(Value::as_str).map(|state| format!(" + {state}"));
    format!("≤ {}{}", duration["worst_seconds"], beside.collect::<String>())
}
