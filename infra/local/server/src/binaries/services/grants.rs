//! What each function may ask for here: what its `function.toml` lists, as its role on AWS has it.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use super::Refused;

/// Functions by the hash of the token that each shows. Hashes take as long to compare wherever they differ: that tells nothing
/// of a token.
#[derive(Debug, Default)]
pub(crate) struct Grants(BTreeMap<[u8; 32], Grant>);

/// One function, and what it may.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) function: String,
    /// As policies name them: `sqs:ReceiveMessage`.
    pub(crate) actions: BTreeSet<String>,
    /// The names of the parameters that its settings name.
    pub(crate) parameters: BTreeSet<String>,
}

impl Grants {
    /// Lets whoever shows the token do what the grant says.
    pub(crate) fn add(&mut self, token: &SecretString, grant: Grant) {
        self.0.insert(Sha256::digest(token.expose_secret()).into(), grant);
    }

    pub(super) fn of(&self, token: &[u8]) -> Option<&Grant> {
        self.0.get::<[u8; 32]>(&Sha256::digest(token).into())
    }
}

impl Grant {
    /// Refuses what the function does not list. An operation on many is allowed by the action on one.
    ///
    /// Source: Service Authorization Reference, "Amazon SQS".
    pub(super) fn allows(&self, service: &str, operation: &str) -> Result<(), Refused> {
        let action = format!("{service}:{}", operation.strip_suffix("Batch").unwrap_or(operation));
        if self.actions.contains(&action) {
            return Ok(());
        }
        Err(self.refused(&action))
    }

    /// Refuses a parameter that no setting of the function names.
    pub(super) fn allows_parameter(&self, name: &str) -> Result<(), Refused> {
        self.allows("ssm", "GetParameter")?;
        if self.parameters.contains(name) {
            return Ok(());
        }
        Err(self.refused(&format!("ssm:GetParameter on {name}")))
    }

    fn refused(&self, action: &str) -> Refused {
        let function = &self.function;
        Refused::new(
            "AccessDeniedException",
            format!("{function} is not authorized to perform {action}: its function.toml does not list it"),
        )
    }
}
