//! The page that lists all workflows, and says who made these files.

use std::fmt::Write as _;

use serde_json::Value;

const HEAD: &str = "\
# Workflows

Made by `cargo codegen` from `workflows/catalog`; edited by nobody. `cargo codegen --check` says whether it is fresh.

| workflow | transitions: cheapest, usual, worst | dollars a million, usual | worst-case events |
|---|---|---|---|
";

/// The index as Markdown, one row a report.
pub(crate) fn index(reports: &[Value]) -> String {
    let mut page = HEAD.to_owned();
    for report in reports {
        let name = report["workflow"].as_str().unwrap_or_default();
        let transitions = &report["transitions"];
        let _ = writeln!(
            page,
            "| [{name}]({name}/definition.asl.json) ([picture]({name}/diagram.svg)) | {}, {}, ≤ {} | {} | ≤ {} |",
            transitions["cheapest"]["count"],
            transitions["usual"]["count"],
            transitions["worst"]["count"],
            report["usd_per_million_executions"]["usual"],
            report["events"]["worst"],
        );
    }
    page
}
