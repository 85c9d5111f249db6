//! Every file that should exist.

use std::{collections::BTreeMap, path::PathBuf};

use flow::Workflow;
use serde_json::Value;

use crate::{
    Contracts, Invalid,
    diagram::diagram,
    index::index,
    knowledge,
    mermaid::mermaid,
    policy::policy,
    report::{Subject, report},
};

/// The generated files by their path below [`GENERATED`](crate::GENERATED). Texts end in a newline.
pub type Files = BTreeMap<PathBuf, String>;

/// The files of all workflows, or everything that keeps one from being written.
pub fn expected(workflows: &[Workflow]) -> Result<Files, Vec<Invalid>> {
    expected_under(workflows, &Contracts::ours(workflows))
}

/// The same where what the workflows call has these contracts.
pub fn expected_under(workflows: &[Workflow], contracts: &Contracts) -> Result<Files, Vec<Invalid>> {
    let mut files = Files::new();
    let mut invalid = Vec::new();
    let mut rows = Vec::new();
    for workflow in workflows {
        match artefacts(workflow, contracts) {
            Ok((report, artefacts)) => {
                let directory = PathBuf::from(&workflow.name);
                files.extend(artefacts.into_iter().map(|(name, text)| (directory.join(name), text)));
                rows.push(report);
            }
            Err(findings) => invalid.extend(findings),
        }
    }
    if !invalid.is_empty() {
        return Err(invalid);
    }
    files.insert("README.md".into(), index(&rows));
    Ok(files)
}

type Artefacts = Vec<(&'static str, String)>;

fn artefacts(workflow: &Workflow, contracts: &Contracts) -> Result<(Value, Artefacts), Vec<Invalid>> {
    let name = workflow.name.as_str();
    let own: Vec<_> = workflow
        .findings
        .iter()
        .map(|finding| {
            let state = finding.state.as_ref().map(|state| format!("state `{state}`: "));
            Invalid::new(
                name,
                finding.place.to_string(),
                state.unwrap_or_default() + &finding.message,
            )
        })
        .collect();
    if !own.is_empty() {
        return Err(own);
    }
    let machine = &workflow.definition;
    let options = asl::Options {
        machine_type: workflow.kind,
        placeholders: true,
    };
    let findings: Vec<_> = asl::validate(machine, &options)
        .iter()
        .map(|finding| Invalid::new(name, finding.pointer.to_string(), finding.message.clone()))
        .collect();
    if !findings.is_empty() {
        return Err(findings);
    }
    let analysis = knowledge::check(workflow, machine, contracts)?;
    let subject = Subject {
        name,
        kind: workflow.kind,
        machine,
        bounds: &workflow.loops,
        data: &analysis.states,
        unchecked: contracts.unchecked(machine, &workflow.unchecked),
    };
    let report = report(&subject).map_err(|invalid| vec![invalid])?;
    let policy = policy(name, machine).map_err(|invalid| vec![invalid])?;
    let diagram = diagram(name, machine).map_err(|invalid| vec![invalid])?;
    let mermaid = mermaid(name, machine).map_err(|invalid| vec![invalid])?;
    let texts = vec![
        ("definition.asl.json", asl::print(machine)),
        ("input.schema.json", pretty(&workflow.input_schema)),
        ("output.schema.json", pretty(&workflow.output_schema)),
        ("policy.json", pretty(&policy)),
        ("diagram.svg", diagram),
        ("diagram.mmd", mermaid),
        ("report.json", pretty(&report)),
    ];
    Ok((report, texts))
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}
