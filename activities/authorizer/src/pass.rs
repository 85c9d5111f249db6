//! What a server knows its own requests by.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

use crate::seal::{same, unguessable};

/// A bearer token that one process gives to itself, and that ends with it: 256 bits, 43 characters of base64url.
#[derive(Clone)]
pub struct Pass(SecretString);

impl Pass {
    /// A new one.
    pub fn new() -> Self {
        Self(unguessable().into())
    }

    /// The token.
    pub fn token(&self) -> &SecretString {
        &self.0
    }

    /// Whether an `Authorization` header carries it. Source of the form: RFC 6750, section 2.1.
    pub fn is_in(&self, authorization: &str) -> bool {
        authorization
            .split_once(' ')
            .is_some_and(|(scheme, given)| scheme.eq_ignore_ascii_case("bearer") && same(given, self.0.expose_secret()))
    }
}

impl Default for Pass {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pass(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_is_itself_and_nothing_else() {
        let (pass, other) = (Pass::new(), Pass::new());
        let header = |scheme: &str, pass: &Pass| format!("{scheme} {}", pass.token().expose_secret());
        assert!(pass.is_in(&header("Bearer", &pass)) && pass.is_in(&header("bearer", &pass)));
        for wrong in [
            header("Basic", &pass),
            header("Bearer", &other),
            "Bearer ".to_owned(),
            "Bearer".to_owned(),
            pass.token().expose_secret().to_owned(),
            String::new(),
        ] {
            assert!(!pass.is_in(&wrong), "{wrong}");
        }
        assert!(!format!("{pass:?}").contains(pass.token().expose_secret()));
    }
}
