//! The Lambda authorizer of an HTTP API of API Gateway.
//!
//! It is no HTTP event: the request is format 2.0 and the answer a simple response. Source: API Gateway Developer Guide,
//! "Control access to HTTP APIs with AWS Lambda authorizers". The API verifies every token again by the same code: a route
//! on which the authorizer was forgotten is no open door.

use std::sync::Arc;

use activity_runtime::{Clock, Lambda, SystemClock};
use aws_lambda_events::apigw::{ApiGatewayV2CustomAuthorizerSimpleResponse, ApiGatewayV2CustomAuthorizerV2Request};
use serde_json::{Value, json};

use crate::{IssuerSettings, Provider, Refusal, SettingError, Verifier};

/// What API Gateway is answered.
type Answer = ApiGatewayV2CustomAuthorizerSimpleResponse<Value>;

/// Decides who comes through API Gateway.
#[derive(Debug)]
pub struct Authorizer {
    verifier: Verifier,
}

/// The authorizer of the issuer that the function's environment names.
pub fn on_aws(lambda: &Lambda) -> Result<Authorizer, SettingError> {
    let missing = SettingError {
        setting: "COGNITO_USER_POOL_ID",
        detail: "is missing, and OIDC_ISSUER too: without an issuer nobody can be let in",
    };
    let settings = IssuerSettings::of(&lambda.environment)?.ok_or(missing)?;
    let provider = Provider::new(settings).map_err(|_| SettingError {
        setting: "OIDC_ISSUER",
        detail: "no HTTP client can be made for it",
    })?;
    Ok(Authorizer::new(Verifier {
        own: None,
        issuer: Some(Arc::new(provider).trusted()),
    }))
}

impl Authorizer {
    /// One that takes what this verifier takes.
    pub const fn new(verifier: Verifier) -> Self {
        Self { verifier }
    }

    /// Answers API Gateway by the clock of the machine.
    pub async fn answer(&self, request: ApiGatewayV2CustomAuthorizerV2Request) -> Result<Answer, Refusal> {
        self.authorize(&request, &SystemClock).await
    }

    /// `Err` while the issuer's keys cannot be read: API Gateway then answers 500, and a client tries again.
    pub async fn authorize(
        &self,
        request: &ApiGatewayV2CustomAuthorizerV2Request,
        clock: &dyn Clock,
    ) -> Result<Answer, Refusal> {
        let mut answer = Answer::default();
        answer.context = json!({});
        match self.verifier.access(bearer(request), clock.now()).await {
            Ok(access) => {
                answer.is_authorized = true;
                answer.context = json!({ "subject": access.subject, "scope": access.rights.to_string() });
                Ok(answer)
            }
            Err(Refusal::Unavailable) => Err(Refusal::Unavailable),
            Err(refusal) => {
                tracing::info!(%refusal, "not let in");
                Ok(answer)
            }
        }
    }
}

/// The token of the request; nothing at all is refused as an empty one.
fn bearer(request: &ApiGatewayV2CustomAuthorizerV2Request) -> &str {
    let mut given = request.headers.get_all("authorization").iter();
    let first = given.next().and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (scheme, token) = first.split_once(' ').unwrap_or_default();
    let one = given.next().is_none() && scheme.eq_ignore_ascii_case("bearer");
    if one { token.trim() } else { "" }
}

#[cfg(test)]
mod tests {
    use activity_runtime::FixedClock;
    use jiff::Timestamp;
    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::{Lifetime, OwnIssuer, Right};

    /// A request as API Gateway sends it, as far as it is looked at.
    fn request(authorization: Option<&str>) -> ApiGatewayV2CustomAuthorizerV2Request {
        let headers = authorization.map_or_else(|| json!({}), |value| json!({ "authorization": value }));
        let request = json!({
            "version": "2.0", "type": "REQUEST", "headers": headers, "cookies": [],
            "routeArn": "arn:aws:execute-api:us-east-1:123456789012:abcdef123/test/GET/request",
            "routeKey": "GET /api/messages", "rawPath": "/api/messages", "rawQueryString": "",
            "identitySource": authorization.map(|value| vec![value]),
            "requestContext": { "http": { "method": "GET", "path": "/api/messages" } },
        });
        serde_json::from_value(request).unwrap()
    }

    #[tokio::test]
    async fn a_good_token_is_let_in_and_nothing_else() {
        let issuer = OwnIssuer::new(&OwnIssuer::new_key().unwrap()).unwrap();
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        let rights = [Right::Read, Right::Write].into_iter().collect();
        let token = issuer.token("ada", rights, Lifetime::REQUEST, now).unwrap();
        let good = format!("Bearer {}", token.expose_secret());
        let authorizer = Authorizer::new(Verifier {
            own: Some(issuer.trusted()),
            issuer: None,
        });
        let clock = FixedClock::at(now);
        let answer = authorizer.authorize(&request(Some(&good)), &clock).await.unwrap();
        let expected = json!({
            "isAuthorized": true,
            "context": { "subject": "local:ada", "scope": "messages:read messages:write" },
        });
        assert_eq!(json!(answer), expected);
        let refused = json!({ "isAuthorized": false, "context": {} });
        for bad in [
            None,
            Some(""),
            Some("Bearer"),
            Some("Bearer x"),
            Some(&good[7..]),
            Some(&good.replace("Bearer", "Basic")),
        ] {
            let answer = authorizer.authorize(&request(bad), &clock).await.unwrap();
            assert_eq!(json!(answer), refused, "{bad:?}");
        }
        clock.advance(jiff::SignedDuration::from_mins(3));
        assert_eq!(
            json!(authorizer.authorize(&request(Some(&good)), &clock).await.unwrap()),
            refused
        );
    }
}
