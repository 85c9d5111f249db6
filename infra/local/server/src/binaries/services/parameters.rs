//! Parameter Store: the values that a person puts there on AWS.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::{Grant, Refused};

/// The parameter with ntfy's address.
pub(in crate::binaries) const NTFY_URL: &str = "ntfy-url";
/// The parameter with the access token for ntfy.
pub(in crate::binaries) const NTFY_TOKEN: &str = "ntfy-api-key";
/// The parameter with the key of acknowledgement links.
pub(in crate::binaries) const ACKNOWLEDGEMENT_KEY: &str = "session-key";

/// A parameter's name in a stage, as `infra/aws/secrets` puts it.
pub(in crate::binaries) fn parameter(stage: &str, name: &str) -> String {
    format!("/rez-agent/{stage}/{name}")
}

/// Parameters by name.
pub(crate) struct Values(BTreeMap<String, SecretString>);

impl Values {
    /// The parameters of a stage; without a token there is none of that name.
    pub(crate) fn of(stage: &str, ntfy: SecretString, token: Option<SecretString>, key: SecretString) -> Self {
        let values = [
            (NTFY_URL, Some(ntfy)),
            (NTFY_TOKEN, token),
            (ACKNOWLEDGEMENT_KEY, Some(key)),
        ];
        let there = values
            .into_iter()
            .filter_map(|(name, value)| Some((parameter(stage, name), value?)));
        Self(there.collect())
    }

    /// Source: Systems Manager API Reference, `GetParameter`.
    pub(super) fn get_parameter(&self, grant: &Grant, asked: &Value) -> Result<Value, Refused> {
        let name = asked["Name"].as_str().unwrap_or_default();
        grant.allows_parameter(name)?;
        let value = self.0.get(name);
        let value = value.ok_or_else(|| Refused::new("ParameterNotFound", format!("Parameter {name} not found.")))?;
        Ok(json!({ "Parameter": {
            "Name": name, "Type": "SecureString", "Value": value.expose_secret(), "Version": 1,
        } }))
    }
}
