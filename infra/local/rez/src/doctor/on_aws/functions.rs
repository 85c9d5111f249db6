//! The functions, as what calls them finds them: by their aliases.

use futures_util::future::join_all;
use web_api::Service;

use super::super::finding::Finding;
use super::all_well;
use crate::aws::{Deployment, FUNCTIONS, Refusal};
use crate::output::word;

const CHECK: &str = "functions";

pub(super) async fn check(deployment: &Deployment) -> Vec<Finding> {
    let wrong = join_all(FUNCTIONS.map(|function| function_of(deployment, function))).await;
    all_well(
        CHECK,
        format!("{} are active", FUNCTIONS.join(", ")),
        wrong.into_iter().flatten().collect(),
    )
}

/// Source: Lambda API reference, `GetFunctionConfiguration`.
async fn function_of(deployment: &Deployment, function: &str) -> Option<Finding> {
    let name = deployment.names.function(function);
    let path = format!("2015-03-31/functions/{name}/configuration?Qualifier=live");
    let configuration = match deployment.signed.get(&Service::LAMBDA, &path).await {
        Ok(configuration) => configuration,
        Err(error) => {
            let refusal = Refusal::of_signed("lambda:GetFunctionConfiguration", error);
            return Some(deployment.unseen(CHECK, &refusal));
        }
    };
    let (state, update) = (
        word(&configuration, "/State"),
        word(&configuration, "/LastUpdateStatus"),
    );
    let remedy = "deploy the template again, and look at the function in the console of AWS if it stays so";
    // A function that has not been called for weeks sleeps, and is woken by the next call.
    (!matches!(state, "Active" | "Inactive") || update == "Failed").then(|| {
        let why = ["/StateReason", "/LastUpdateStatusReason"].map(|reason| word(&configuration, reason));
        let seen = format!("{name} is {state}, its last update {update}: {}", why.join(" "));
        Finding::problem(CHECK, seen.trim_end().trim_end_matches(':'), remedy)
    })
}
