//! `rez doctor`: looks at everything that messages depend on, changes nothing, and names the remedy of what it finds.

mod directory;
mod finding;
mod journal;
mod ntfy;
mod on_aws;
mod server;
mod settings;

use std::time::Duration;

use serde_json::json;

use crate::arguments::{DoctorArgs, Settings};
use crate::failure::{Exit, Failure};
use crate::output;
use crate::session::Place;

use finding::{Finding, Level};

/// How long each question to somebody else may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks, tells what it has seen, and fails if something is wrong.
pub(crate) async fn run(place: Place<'_>, arguments: &DoctorArgs) -> Result<(), Failure> {
    let findings = if place.aws.aws {
        // Many questions are asked at once.
        Box::pin(on_aws::examine(place.aws, arguments)).await?
    } else {
        examine(place.settings, arguments).await
    };
    if arguments.json {
        let lines: Vec<_> = findings.iter().map(|finding| json!(finding)).collect();
        output::json_lines(&lines)?;
    } else {
        print(&findings)?;
    }
    let worst = findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok);
    if worst == Level::Problem || arguments.strict && worst == Level::Warning {
        // What is wrong stands in the findings.
        return Err(Failure::new(Exit::Failed, ""));
    }
    Ok(())
}

/// What waits for the network goes on at the same time.
async fn examine(settings: &Settings, arguments: &DoctorArgs) -> Vec<Finding> {
    let mut findings = settings::check(settings);
    findings.extend(directory::check(&settings.data_dir, arguments.free));
    let (server, ntfy) = tokio::join!(server::check(settings), ntfy::check(settings, arguments.send_test));
    let runs = server
        .iter()
        .any(|finding| finding.check == server::RUNS && finding.level == Level::Ok);
    findings.extend(server);
    findings.extend(journal::check(&settings.data_dir, runs));
    findings.extend(ntfy);
    findings
}

fn print(findings: &[Finding]) -> Result<(), Failure> {
    let rows: Vec<Vec<String>> = findings
        .iter()
        .map(|finding| {
            vec![
                finding.level.mark().to_owned(),
                finding.check.to_owned(),
                finding.seen.clone(),
            ]
        })
        .collect();
    output::table(&rows)?;
    let remedies: Vec<&Finding> = findings.iter().filter(|finding| finding.remedy.is_some()).collect();
    if remedies.is_empty() {
        return output::line(format_args!("\nEverything is in order."));
    }
    output::line("")?;
    remedies.iter().try_for_each(|finding| {
        let remedy = finding.remedy.as_deref().unwrap_or_default();
        output::line(format_args!("{} {}: {remedy}", finding.level.mark(), finding.check))
    })
}
