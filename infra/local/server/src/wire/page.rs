//! Pages: where a listing goes on.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::error::ApiError;
use super::parameters::Parameters;

/// How many items a page has if the caller does not say. Source: API reference, `maxResults`.
const DEFAULT_RESULTS: i64 = 100;
/// How many items a page has at most.
const MOST_RESULTS: i64 = 1_000;

/// Which page the caller wants.
#[derive(Debug)]
pub(super) struct Page {
    /// How many items.
    pub(super) limit: usize,
    token: Option<String>,
}

impl Page {
    /// Reads `maxResults` and `nextToken`, which has at most `token_chars` characters.
    pub(super) fn read(parameters: &mut Parameters, token_chars: usize) -> Self {
        let results = parameters
            .number("maxResults", 0, MOST_RESULTS)
            .filter(|results| *results > 0);
        Self {
            limit: usize::try_from(results.unwrap_or(DEFAULT_RESULTS)).unwrap_or_default(),
            token: parameters.optional_text("nextToken", 1, token_chars),
        }
    }

    /// The cursor in the caller's token; `None` on the first page. `listing` names what is listed and how, so that a token
    /// of another listing is refused.
    pub(super) fn cursor(&self, listing: &str) -> Result<Option<String>, ApiError> {
        let Some(token) = &self.token else { return Ok(None) };
        let (seal, cursor) = token.split_once('.').ok_or_else(ApiError::invalid_token)?;
        if seal == self::seal(listing, cursor) {
            Ok(Some(cursor.to_owned()))
        } else {
            Err(ApiError::invalid_token())
        }
    }

    /// The cursor as a number.
    pub(super) fn number(&self, listing: &str) -> Result<Option<i64>, ApiError> {
        self.cursor(listing)?
            .map(|cursor| cursor.parse().map_err(|_| ApiError::invalid_token()))
            .transpose()
    }
}

/// Adds the token for the next page to an answer.
pub(super) fn add_token(answer: &mut Value, listing: &str, cursor: impl std::fmt::Display) {
    let cursor = cursor.to_string();
    answer["nextToken"] = format!("{}.{cursor}", seal(listing, &cursor)).into();
}

/// Recognises tokens of this listing. Not a secret: it catches mistakes.
fn seal(listing: &str, cursor: &str) -> String {
    let digest = Sha256::digest(format!("{listing}\n{cursor}"));
    format!("{digest:x}")[..32].to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Page, add_token};

    #[test]
    fn a_token_opens_its_own_listing_alone() {
        let mut answer = json!({});
        add_token(&mut answer, "executions of m", 42);
        let page = Page {
            limit: 1,
            token: answer["nextToken"].as_str().map(str::to_owned),
        };
        assert_eq!(page.number("executions of m").unwrap(), Some(42));
        assert!(page.number("executions of n").is_err());
        assert!(
            Page {
                limit: 1,
                token: Some("nonsense".to_owned())
            }
            .cursor("executions of m")
            .is_err()
        );
    }
}
