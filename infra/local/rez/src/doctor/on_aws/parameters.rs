//! The parameters that CloudFormation cannot make: present, and encrypted. No value is read.

use aws_sdk_ssm::Client;
use aws_sdk_ssm::error::BuildError;
use aws_sdk_ssm::types::{ParameterMetadata, ParameterStringFilter, ParameterType};

use super::super::finding::Finding;
use super::all_well;
use crate::aws::{Deployment, PARAMETERS, Refusal};

const CHECK: &str = "parameters";

pub(super) async fn check(deployment: &Deployment) -> Vec<Finding> {
    let names = PARAMETERS.map(|(name, _)| deployment.names.parameter(name));
    let filter = match filter(&names) {
        Ok(filter) => filter,
        Err(error) => {
            return vec![Finding::warning(
                CHECK,
                format!("cannot be asked for: {error}"),
                "report it",
            )];
        }
    };
    let asked = Client::new(&deployment.sdk)
        .describe_parameters()
        .parameter_filters(filter);
    // A page may be empty although others follow.
    let pages: Result<Vec<_>, _> = asked.into_paginator().send().collect().await;
    let found: Vec<_> = match pages {
        Ok(pages) => pages
            .into_iter()
            .flat_map(|page| page.parameters.unwrap_or_default())
            .collect(),
        Err(error) => {
            let refusal = Refusal::of_sdk("ssm:DescribeParameters", &error);
            return vec![deployment.unseen(CHECK, &refusal)];
        }
    };
    let wrong = names.iter().zip(PARAMETERS).filter_map(|(name, (_, purpose))| {
        let parameter = found.iter().find(|parameter| parameter.name.as_ref() == Some(name));
        wrong(deployment, name, purpose, parameter)
    });
    all_well(
        CHECK,
        format!("{} are there and encrypted", names.join(", ")),
        wrong.collect(),
    )
}

fn filter(names: &[String]) -> Result<ParameterStringFilter, BuildError> {
    let filter = ParameterStringFilter::builder().key("Name").option("Equals");
    filter.set_values(Some(names.to_vec())).build()
}

fn wrong(deployment: &Deployment, name: &str, purpose: &str, found: Option<&ParameterMetadata>) -> Option<Finding> {
    let stage = &deployment.names.stage;
    let remedy = format!("infra/aws/secrets {stage} puts it there, encrypted");
    match found.map(|parameter| parameter.r#type.as_ref()) {
        Some(Some(ParameterType::SecureString)) => None,
        Some(_) => Some(Finding::problem(
            CHECK,
            format!("{name}, {purpose}, is there for everybody to read"),
            format!("delete it, change what it held, and {remedy}"),
        )),
        // A server that everybody may write to needs no token.
        None if name.ends_with("api-key") => Some(Finding::warning(
            CHECK,
            format!("{name}, {purpose}, is not there"),
            remedy,
        )),
        None => Some(Finding::problem(
            CHECK,
            format!("{name}, {purpose}, is not there"),
            remedy,
        )),
    }
}
