//! Signing in and out.

use std::sync::Arc;

use authorizer::{Access, Callback, OWNER, OwnIssuer, Session, SignIn, SignInError};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use schemars::JsonSchema;
use secrecy::ExposeSecret;
use serde::Serialize;

use crate::entrance::{BY_LINK, Cookie};
use crate::query::{Filters, Parameters, Query};
use crate::sign_in_page::{self, local};
use crate::{Api, CameBy, CsrfToken, MayAdminister, MayBeAnybody, Problem, ProblemKind, Right};

/// What a sign-in begins with.
#[derive(JsonSchema)]
pub(crate) struct Begin {
    /// What was printed.
    code: Option<String>,
    /// Where to go afterwards: a path on this server.
    return_to: Option<String>,
}

impl Filters for Begin {
    const NAMES: &'static [&'static str] = &["code", "return_to"];

    fn read(parameters: &Parameters) -> Result<Self, Problem> {
        Ok(Self {
            code: parameters.text("code"),
            return_to: parameters.text("return_to"),
        })
    }
}

/// `GET /sign-in`: how to sign in; with a `code`, a one-time link becomes a session.
pub(crate) async fn sign_in(State(api): State<Api>, Query(begin): Query<Begin>) -> Result<Response, Problem> {
    let back = local(begin.return_to.as_deref());
    let Some(code) = begin.code else {
        return Ok(sign_in_page::page(
            &api.entrance.look,
            api.entrance.sign_in.is_some(),
            &back,
        ));
    };
    let now = api.now();
    if !api.entrance.links.take(&code, now) {
        let detail = "the link has been used, or is too old; rez sign-in prints a new one";
        return Err(Problem::new(ProblemKind::SignInFailed, detail));
    }
    let access = Access {
        subject: OwnIssuer::subject(OWNER),
        rights: [Right::Admin].into_iter().collect(),
        until: now.as_second().saturating_add(BY_LINK.as_secs()),
    };
    let session = Session::new(access, now);
    let cookie = api.entrance.by_link(&session)?;
    tracing::info!(subject = session.subject, "signed in with a link");
    Ok(going_to(&back, [cookie]))
}

fn issuer(api: &Api) -> Result<&Arc<SignIn>, Problem> {
    let detail = "no issuer is set: rez sign-in prints a link that signs a browser in";
    (api.entrance.sign_in.as_ref()).ok_or_else(|| Problem::new(ProblemKind::NotFound, detail))
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        tracing::info!(%error, "a sign-in or a renewal has failed");
        let kind = match error {
            SignInError::Away => ProblemKind::Unavailable,
            _ => ProblemKind::SignInFailed,
        };
        Self::new(kind, error.to_string())
    }
}

/// `GET` and `POST /api/auth/login`: sends the browser to the issuer.
pub(crate) async fn login(State(api): State<Api>, Query(begin): Query<Begin>) -> Result<Response, Problem> {
    let back = local(begin.return_to.as_deref());
    let started = issuer(&api)?.begin(back, api.now()).await?;
    let cookie = api.entrance.begun(&started.login)?;
    Ok(going_to(started.authorization_url.as_str(), [cookie]))
}

/// `GET /api/auth/callback`: the issuer has sent the browser back.
pub(crate) async fn callback(
    State(api): State<Api>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = query.unwrap_or_default();
    let sent: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    // Of what stands twice nobody can say what was meant. Source: RFC 6749, section 3.1.
    let one = |name: &str| {
        let mut found = sent
            .iter()
            .filter(|(given, _)| given == name)
            .map(|(_, value)| value.as_ref());
        found.next().filter(|_| found.next().is_none())
    };
    let sent = Callback {
        code: one("code"),
        state: one("state"),
        iss: one("iss"),
        error: one("error"),
    };
    let sign_in = issuer(&api)?;
    let login = api.entrance.login(&headers).ok_or(SignInError::NotBegun)?;
    let signed_in = sign_in.finish(&login, sent, api.now()).await?;
    let cookies = api.entrance.signed_in(&signed_in)?;
    tracing::info!(subject = signed_in.session.subject, "signed in at the issuer");
    // What was sealed is read again as carefully as if it came from outside.
    let back = local(Some(&login.return_to));
    Ok(going_to(
        &back,
        cookies.into_iter().chain([api.entrance.without(Cookie::Login)]),
    ))
}

/// An answer that sends the browser on, with cookies.
fn going_to(address: &str, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let address = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"));
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// `POST /api/auth/refresh`: renews the session now. Sessions that are over are renewed by themselves.
pub(crate) async fn refresh(State(api): State<Api>, headers: HeaderMap) -> Result<Response, Problem> {
    let refresh = api.entrance.refresh(&headers);
    let refresh = refresh.ok_or_else(|| Problem::from(authorizer::Refusal::SessionOver))?;
    let signed_in = issuer(&api)?.renew(&refresh, api.now()).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    for cookie in api.entrance.signed_in(&signed_in)? {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// A link that signs a browser in.
#[derive(Serialize, JsonSchema)]
pub(crate) struct MadeLink {
    /// It works once, within a day.
    link: String,
}

/// `POST /api/auth/links`: a one-time link for the machine's owner.
///
/// Only a token makes one that was made from the data directory's key: a session, or an administrator of the issuer, would
/// otherwise go on for ever through links of their own.
pub(crate) async fn make_link(
    State(api): State<Api>,
    MayAdminister(caller): MayAdminister,
) -> Result<Json<MadeLink>, Problem> {
    if caller.came_by != CameBy::Token || !caller.is_owner() {
        let detail = "links are made with a token of rez token, by whoever can read the data directory";
        return Err(Problem::new(ProblemKind::Forbidden, detail));
    }
    let link = api.entrance.sign_in_link(api.now());
    Ok(Json(MadeLink {
        link: link.expose_secret().to_owned(),
    }))
}

/// Who asks.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Me {
    /// The `sub` under which messages belong to you.
    subject: String,
    /// What you may do: scopes and groups.
    rights: Vec<String>,
    /// What a form of the session must send as `csrf_token`, or a script as `X-CSRF-Token`; `null` for tokens.
    csrf_token: Option<String>,
}

/// `GET /api/auth/me`.
pub(crate) async fn me(MayBeAnybody(caller): MayBeAnybody, csrf: Option<Extension<CsrfToken>>) -> Json<Me> {
    let csrf = csrf.map(|Extension(CsrfToken(token))| token);
    Json(Me {
        rights: caller.rights.names().map(str::to_owned).collect(),
        subject: caller.subject,
        csrf_token: csrf.filter(|token| !token.is_empty()),
    })
}

/// `GET /sign-out`: who has signed in, and the form that ends it.
pub(crate) async fn sign_out(
    State(api): State<Api>,
    MayBeAnybody(caller): MayBeAnybody,
    csrf: Option<Extension<CsrfToken>>,
) -> Response {
    let csrf = csrf.map(|Extension(CsrfToken(token))| token).unwrap_or_default();
    sign_in_page::sign_out(&api.entrance.look, &caller.subject, &csrf)
}

/// `POST /api/auth/logout`: ends the session here, its refresh token at the issuer, and leads to the issuer's own end.
pub(crate) async fn logout(
    State(api): State<Api>,
    session: Option<Extension<Session>>,
    headers: HeaderMap,
) -> Response {
    let now = api.now();
    if let Some(Extension(session)) = session {
        api.entrance.sign_out(&session, now);
    }
    let end = match api.entrance.sign_in.as_deref() {
        Some(sign_in) => sign_in.end(api.entrance.refresh(&headers).as_ref(), now).await,
        None => None,
    };
    let cookies = [Cookie::Session, Cookie::Refresh].map(|cookie| api.entrance.without(cookie));
    let Some(end) = end else {
        return going_to("/sign-in", cookies);
    };
    let mut response = sign_in_page::signed_out(&api.entrance.look, end.as_str());
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
