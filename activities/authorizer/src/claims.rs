//! What tokens say.

use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// The claims that are looked at. All may be absent: which must be there, the rules say.
///
/// Sources: RFC 7519, section 4.1; RFC 9068, section 2.2; Amazon Cognito Developer Guide, "Understanding the access token".
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: Option<String>,
    pub(crate) sub: Option<String>,
    #[serde(default)]
    pub(crate) aud: Texts,
    /// A `NumericDate` may have a fraction.
    pub(crate) exp: Option<f64>,
    pub(crate) nbf: Option<f64>,
    pub(crate) client_id: Option<String>,
    pub(crate) azp: Option<String>,
    pub(crate) token_use: Option<String>,
    pub(crate) typ: Option<String>,
    pub(crate) nonce: Option<String>,
    #[serde(default)]
    scope: Texts,
    #[serde(default)]
    scp: Texts,
    #[serde(default)]
    groups: Texts,
    #[serde(default, rename = "cognito:groups")]
    cognito_groups: Texts,
}

impl Claims {
    /// The scopes: one text with spaces, or a list of texts.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &str> {
        let texts = self.scope.0.iter().chain(&self.scp.0);
        texts.flat_map(|text| text.split(' '))
    }

    /// The groups.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &str> {
        self.groups.0.iter().chain(&self.cognito_groups.0).map(String::as_str)
    }
}

/// One text or several: issuers differ.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts(Vec<String>);

impl Texts {
    pub(crate) fn contains(&self, text: &str) -> bool {
        self.0.iter().any(|one| one == text)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Null => Ok(Self::default()),
            serde_json::Value::String(text) => Ok(Self(vec![text])),
            serde_json::Value::Array(list) => {
                let texts = list.into_iter().map(|one| match one {
                    serde_json::Value::String(text) => Ok(text),
                    _ => Err(D::Error::custom("expected a text")),
                });
                texts.collect::<Result<_, _>>().map(Self)
            }
            _ => Err(D::Error::custom("expected a text or a list of texts")),
        }
    }
}
