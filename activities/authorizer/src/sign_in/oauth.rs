//! The OAuth library, with the id token of OpenID Connect.

use oauth2::basic::{
    BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{
    AuthUrl, Client, ClientId, ClientSecret, EndpointNotSet, EndpointSet, ExtraTokenFields, RedirectUrl,
    RequestTokenError, StandardRevocableToken, StandardTokenResponse, TokenUrl,
};
use reqwest::Url;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

use super::SignInError;
use crate::IssuerSettings;
use crate::http::HttpError;
use crate::provider::Configuration;

/// What a token endpoint answers beside OAuth's tokens.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct IdToken {
    pub(super) id_token: Option<String>,
}

impl ExtraTokenFields for IdToken {}

impl std::fmt::Debug for IdToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdToken")
    }
}

pub(super) type Tokens = StandardTokenResponse<IdToken, BasicTokenType>;

/// A client whose authorization and token endpoints are known.
pub(super) type Oauth = Client<
    BasicErrorResponse,
    Tokens,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// The client of this application at its issuer.
pub(super) fn client(settings: &IssuerSettings, configuration: &Configuration, redirect_uri: &Url) -> Oauth {
    let client = Client::new(ClientId::new(settings.client_id.clone()))
        .set_auth_uri(AuthUrl::from_url(configuration.authorization_endpoint.clone()))
        .set_token_uri(TokenUrl::from_url(configuration.token_endpoint.clone()))
        .set_redirect_uri(RedirectUrl::from_url(redirect_uri.clone()));
    match &settings.client_secret {
        Some(secret) => client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned())),
        None => client,
    }
}

/// Why a token endpoint gave nothing. The issuer's own words may quote what it was sent: they are left out.
pub(super) fn failed(error: &RequestTokenError<HttpError, BasicErrorResponse>) -> SignInError {
    match error {
        RequestTokenError::ServerResponse(answer) => SignInError::Refused(match answer.error() {
            BasicErrorResponseType::InvalidGrant => "the code or refresh token is not valid any more (invalid_grant)",
            BasicErrorResponseType::InvalidClient => "it does not know this application (invalid_client)",
            BasicErrorResponseType::InvalidScope => "it does not give these scopes (invalid_scope)",
            BasicErrorResponseType::UnauthorizedClient => "this application may not do that (unauthorized_client)",
            _ => "it does not take the request (invalid_request)",
        }),
        RequestTokenError::Request(error) => {
            tracing::warn!(%error, "the issuer gives no token");
            SignInError::Away
        }
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            tracing::warn!("the issuer's token endpoint answers something else than tokens");
            SignInError::Away
        }
    }
}

/// An error that an authorization endpoint sends a browser back with, if it is one of the protocol's: everybody can write
/// another one into an address.
///
/// Sources: RFC 6749, section 4.1.2.1; OpenID Connect Core 1.0, section 3.1.2.6.
pub(super) fn refused(error: &str) -> SignInError {
    const KNOWN: [&str; 11] = [
        "invalid_request",
        "unauthorized_client",
        "access_denied",
        "unsupported_response_type",
        "invalid_scope",
        "server_error",
        "temporarily_unavailable",
        "interaction_required",
        "login_required",
        "account_selection_required",
        "consent_required",
    ];
    let known = KNOWN.into_iter().find(|known| *known == error);
    SignInError::Refused(known.unwrap_or("it does not say why"))
}
