//! Who reads a page.

use std::convert::Infallible;

use authorizer::{Caller, CsrfToken, Right};
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};

use crate::failure::Failure;
use crate::html::Markup;

/// Whoever reads a page or sends a form, as an argument of a handler.
///
/// The one place that knows what a session is: the name in the page's head, the token of its forms, and on whose behalf the
/// API is called.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reader {
    caller: Option<Caller>,
    token: CsrfToken,
    /// What ties the page's request to its log lines, and to what it asks of the API.
    correlation_id: Option<HeaderValue>,
}

/// The header in which it comes and goes.
const CORRELATION_ID: &str = "x-correlation-id";

impl Reader {
    /// What every form carries, so that no other site can send it: a hidden field with the token of the session. Without a
    /// session there is none.
    pub(crate) fn form_token(&self) -> Markup {
        let CsrfToken(token) = &self.token;
        if token.is_empty() {
            return Markup::default();
        }
        // Its alphabet is that of URL-safe base64: there is nothing to escape.
        Markup::made(format!("<input type=\"hidden\" name=\"csrf_token\" value=\"{token}\">"))
    }

    /// Tells the API who asks, as if it had been called from outside. Not everything of the page's request goes along: what
    /// the router knows of the page's address is not about the API's. The page's form has shown its token already; the API
    /// asks for it again, as of any session.
    pub(crate) fn hand_on(&self, request: &mut Request) {
        let CsrfToken(token) = &self.token;
        if let Ok(value) = HeaderValue::from_str(token)
            && !token.is_empty()
        {
            request.headers_mut().insert("x-csrf-token", value);
        }
        if let Some(id) = &self.correlation_id {
            request.headers_mut().entry(CORRELATION_ID).or_insert(id.clone());
        }
        request.extensions_mut().insert(self.token.clone());
        if let Some(caller) = &self.caller {
            request.extensions_mut().insert(caller.clone());
        }
    }

    /// The name under which they are signed in.
    pub(crate) fn name(&self) -> Option<&str> {
        self.caller.as_ref().map(|caller| caller.subject.as_str())
    }

    /// Whether they may see and touch what belongs to everybody: state machines and their executions.
    pub(crate) fn is_administrator(&self) -> bool {
        self.caller.as_ref().is_some_and(|caller| caller.may(Right::Admin))
    }
}

/// An administrator, as an argument of a handler; everybody else is told so.
#[derive(Clone, Debug)]
pub(crate) struct Administrator(pub(crate) Reader);

impl<S: Send + Sync> FromRequestParts<S> for Administrator {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let Ok(reader) = Reader::from_request_parts(parts, state).await;
        if reader.is_administrator() {
            return Ok(Self(reader));
        }
        Err(Failure {
            status: StatusCode::FORBIDDEN,
            title: "This is for administrators".to_owned(),
            detail: "State machines and executions hold what belongs to everybody: they need the scope or group admin."
                .to_owned(),
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self {
            caller: parts.extensions.get().cloned(),
            token: parts.extensions.get().cloned().unwrap_or_default(),
            correlation_id: parts.headers.get(CORRELATION_ID).cloned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use authorizer::{Caller, CameBy, CsrfToken, Right};
    use axum::extract::{FromRequestParts as _, Request};
    use axum::http::{HeaderValue, StatusCode};

    use super::{Administrator, Reader};

    async fn asked(right: Option<Right>) -> Result<Administrator, StatusCode> {
        let mut request = Request::new(axum::body::Body::empty());
        if let Some(right) = right {
            request.extensions_mut().insert(Caller {
                subject: "ada".to_owned(),
                rights: [right].into_iter().collect(),
                came_by: CameBy::Session,
            });
        }
        let (mut parts, _) = request.into_parts();
        let found = Administrator::from_request_parts(&mut parts, &()).await;
        found.map_err(|failure| failure.status)
    }

    #[tokio::test]
    async fn state_machines_are_for_administrators() {
        assert!(asked(Some(Right::Admin)).await.is_ok());
        for right in [None, Some(Right::Read), Some(Right::Write)] {
            assert_eq!(asked(right).await.unwrap_err(), StatusCode::FORBIDDEN, "{right:?}");
        }
    }

    #[test]
    fn forms_and_the_api_get_the_token_of_the_session() {
        let reader = Reader {
            caller: None,
            token: CsrfToken("abc".to_owned()),
            correlation_id: Some(HeaderValue::from_static("c-1")),
        };
        let field = "<input type=\"hidden\" name=\"csrf_token\" value=\"abc\">";
        assert_eq!(reader.form_token().to_string(), field);
        let mut request = Request::new(axum::body::Body::empty());
        reader.hand_on(&mut request);
        assert_eq!(request.headers()["x-csrf-token"], "abc");
        assert_eq!(request.headers()["x-correlation-id"], "c-1");
        assert_eq!(Reader::default().form_token().to_string(), "");
    }
}
