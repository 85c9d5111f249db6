//! The steps of a sign-in, and what comes after.

use std::sync::Arc;

use jiff::Timestamp;
use oauth2::{
    AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RefreshToken, Scope, TokenResponse as _,
};
use reqwest::Url;
use secrecy::ExposeSecret as _;

use super::oauth::{self, Oauth, Tokens, failed};
use super::{Begun, Callback, Login, Refresh, SignIn, SignInError, SignedIn};
use crate::seal::{same, unguessable};
use crate::verifier::header;
use crate::{Access, Refusal, Session};

/// How many seconds a sign-in may take.
const LOGIN_SECONDS: i64 = 600;

impl SignIn {
    /// Begins a sign-in that ends at `return_to`, which the caller has checked.
    pub async fn begin(&self, return_to: String, now: Timestamp) -> Result<Begun, SignInError> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let login = Login {
            state: unguessable(),
            nonce: unguessable(),
            verifier: verifier.secret().clone(),
            return_to,
            until: now.as_second().saturating_add(LOGIN_SECONDS),
        };
        let oauth = self.oauth(now).await?;
        let state = CsrfToken::new(login.state.clone());
        let scopes = self.provider.settings.scopes.iter().cloned().map(Scope::new);
        let mut request = oauth
            .authorize_url(|| state)
            .add_scopes(scopes)
            .add_extra_param("nonce", login.nonce.clone())
            .set_pkce_challenge(challenge);
        if self
            .provider
            .settings
            .scopes
            .iter()
            .any(|scope| scope == "offline_access")
        {
            // Source: OpenID Connect Core 1.0, section 11: without it the scope is ignored.
            request = request.add_extra_param("prompt", "consent");
        }
        let (authorization_url, _) = request.url();
        Ok(Begun {
            authorization_url,
            login,
        })
    }

    /// Ends a sign-in with what the issuer sent the browser back with.
    pub async fn finish(&self, login: &Login, sent: Callback<'_>, now: Timestamp) -> Result<SignedIn, SignInError> {
        let state = sent.state.unwrap_or_default();
        if !login.lives(now) || !same(state, &login.state) {
            return Err(SignInError::NotBegun);
        }
        if sent.iss.is_some_and(|iss| iss != self.provider.settings.issuer) {
            return Err(SignInError::OtherIssuer);
        }
        if let Some(error) = sent.error {
            return Err(oauth::refused(error));
        }
        let code = sent.code.ok_or_else(|| oauth::refused(""))?;
        let oauth = self.oauth(now).await?;
        let request = oauth
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(login.verifier.clone()));
        let http = self.provider.http.clone();
        let tokens = request.request_async(&move |request| send(http.clone(), request)).await;
        let tokens = tokens.map_err(|error| failed(&error))?;
        let id_token = tokens.extra_fields().id_token.clone().ok_or(Refusal::Malformed)?;
        let identity = self.identity(&id_token, Some(&login.nonce), now).await?;
        let access = self.access(&tokens, &identity, now).await?;
        let session = Session::new(access, now);
        Ok(SignedIn {
            refresh: refresh(&tokens, &session, None),
            session,
        })
    }

    /// Renews a session. Whoever asks with the same refresh token within a minute gets the same answer: a browser asks
    /// several times at once, and an issuer that sees a token twice ends them all.
    pub async fn renew(self: &Arc<Self>, refresh: &Refresh, now: Timestamp) -> Result<SignedIn, SignInError> {
        let (sign_in, old) = (Arc::clone(self), refresh.clone());
        let renewed = async move { sign_in.renewed(&old, now).await };
        self.renewals.once(&refresh.token, now, renewed).await
    }

    async fn renewed(&self, old: &Refresh, now: Timestamp) -> Result<SignedIn, SignInError> {
        let oauth = self.oauth(now).await?;
        let token = RefreshToken::new(old.token.clone());
        let http = self.provider.http.clone();
        let request = oauth.exchange_refresh_token(&token);
        let tokens = request.request_async(&move |request| send(http.clone(), request)).await;
        let tokens = tokens.map_err(|error| failed(&error))?;
        if let Some(id_token) = &tokens.extra_fields().id_token {
            // Source: OpenID Connect Core 1.0, section 12.2: a nonce need not be there any more.
            let identity = self.identity(id_token, None, now).await?;
            if identity != old.session.subject {
                return Err(SignInError::SomebodyElse);
            }
        }
        let access = self.access(&tokens, &old.session.subject, now).await?;
        let session = Session {
            scope: access.rights.to_string(),
            until: access.until,
            ..old.session.clone()
        };
        Ok(SignedIn {
            refresh: self::refresh(&tokens, &session, Some(&old.token)),
            session,
        })
    }

    /// Ends the refresh token at the issuer, as far as it offers that, and says where the browser ends its sign-in there.
    pub async fn end(&self, refresh: Option<&Refresh>, now: Timestamp) -> Option<Url> {
        let configuration = self.provider.configuration(now).await?;
        let settings = &self.provider.settings;
        // The request may have brought one that was renewed meanwhile, even for this very request.
        let refresh = match refresh {
            Some(refresh) => Some(self.renewals.newest(refresh).await),
            None => None,
        };
        if let (Some(refresh), Some(endpoint)) = (refresh, &configuration.revocation_endpoint) {
            let mut form = Url::parse("form:").ok()?;
            form.query_pairs_mut()
                .append_pair("token", &refresh.token)
                .append_pair("token_type_hint", "refresh_token")
                .append_pair("client_id", &settings.client_id);
            let secret = settings
                .client_secret
                .as_ref()
                .map(|secret| (settings.client_id.as_str(), secret.expose_secret()));
            let form = form.query().unwrap_or_default().to_owned();
            if let Err(error) = self.provider.http.post(endpoint.clone(), form, secret).await {
                tracing::warn!(%error, "the issuer does not end the refresh token");
            }
        }
        let mut address = configuration.end_session_endpoint.clone()?;
        // Source: Amazon Cognito Developer Guide, "Logout endpoint"; RP-Initiated Logout 1.0, section 2.
        let home = if settings.cognito {
            "logout_uri"
        } else {
            "post_logout_redirect_uri"
        };
        address
            .query_pairs_mut()
            .append_pair("client_id", &settings.client_id)
            .append_pair(home, self.home.as_str());
        Some(address)
    }

    async fn oauth(&self, now: Timestamp) -> Result<Oauth, SignInError> {
        let configuration = self.provider.configuration(now).await.ok_or(SignInError::Away)?;
        Ok(oauth::client(
            &self.provider.settings,
            &configuration,
            &self.redirect_uri,
        ))
    }

    async fn identity(&self, id_token: &str, nonce: Option<&str>, now: Timestamp) -> Result<String, SignInError> {
        let trusted = self.provider.trusted();
        let signed = trusted.signed(id_token, &header(id_token)?, now).await?;
        Ok(trusted.rules.identity(&signed.claims, nonce, now)?)
    }

    /// What the access token says; it must be of whom the id token names.
    async fn access(&self, tokens: &Tokens, identity: &str, now: Timestamp) -> Result<Access, SignInError> {
        let (trusted, token) = (self.provider.trusted(), tokens.access_token().secret());
        let signed = trusted.signed(token, &header(token)?, now).await?;
        let access = trusted.rules.access(signed.typ.as_deref(), &signed.claims, now)?;
        if access.subject == identity {
            Ok(access)
        } else {
            Err(SignInError::SomebodyElse)
        }
    }
}

async fn send(
    http: crate::http::Http,
    request: oauth2::HttpRequest,
) -> Result<oauth2::HttpResponse, crate::http::HttpError> {
    http.send(request).await
}

/// An issuer that does not rotate its refresh tokens gives none again: the old one goes on.
fn refresh(tokens: &Tokens, session: &Session, old: Option<&str>) -> Option<Refresh> {
    let new = tokens.refresh_token().map(|token| token.secret().as_str());
    Some(Refresh {
        token: new.or(old)?.to_owned(),
        session: session.clone(),
    })
}
