//! Signing in and out.

use authorizer::{OWNER, OwnIssuer, Purpose, Session};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use jiff::SignedDuration;
use schemars::JsonSchema;
use secrecy::ExposeSecret;
use serde::Serialize;

use crate::query::{Filters, Parameters, Query};
use crate::{Api, CsrfToken, MayAdminister, MayBeAnybody, Problem, ProblemKind, Right};

/// How long a session lasts that began with a one-time link.
const SESSION: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What a sign-in link carries.
#[derive(JsonSchema)]
pub(crate) struct Link {
    /// What was printed.
    code: Option<String>,
}

impl Filters for Link {
    const NAMES: &'static [&'static str] = &["code"];

    fn read(parameters: &Parameters) -> Result<Self, Problem> {
        Ok(Self {
            code: parameters.text("code"),
        })
    }
}

/// `GET /sign-in?code=…`: a one-time link becomes a session.
pub(crate) async fn by_link(State(api): State<Api>, Query(link): Query<Link>) -> Result<Response, Problem> {
    let now = api.now();
    if !api.entrance.links.take(&link.code.unwrap_or_default(), now) {
        let detail = "the link has been used, or is too old; rez sign-in prints a new one";
        return Err(Problem::new(ProblemKind::SignInFailed, detail));
    }
    let rights = [Right::Admin].into_iter().collect();
    let until = now.saturating_add(SESSION).unwrap_or(now);
    let session = Session::new(OwnIssuer::subject(OWNER), rights, now, until);
    let cookie = sealed(&api, &session, SESSION)?;
    tracing::info!(subject = session.subject, "signed in with a link");
    Ok(going_to("/", [cookie]))
}

fn sealed(api: &Api, session: &Session, lasting: SignedDuration) -> Result<HeaderValue, Problem> {
    let sealed = api.entrance.gate.seal.seal(Purpose::Session, session);
    let sealed = sealed.ok_or_else(|| Problem::new(ProblemKind::Internal, "the session cannot be sealed"))?;
    Ok(api.entrance.set_session(&sealed, lasting.as_secs()))
}

/// An answer that sends the browser on, with cookies.
fn going_to(path: &'static str, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let headers = [
        (header::LOCATION, path),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    let mut response = (StatusCode::SEE_OTHER, headers).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// A link that signs a browser in.
#[derive(Serialize, JsonSchema)]
pub(crate) struct MadeLink {
    /// It works once, within a day.
    link: String,
}

/// `POST /api/auth/links`: a one-time link for the machine's owner.
pub(crate) async fn make_link(State(api): State<Api>, _: MayAdminister) -> Json<MadeLink> {
    let link = api.entrance.sign_in_link(api.now());
    Json(MadeLink {
        link: link.expose_secret().to_owned(),
    })
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

/// `POST /api/auth/logout`: ends the session.
pub(crate) async fn logout(State(api): State<Api>, headers: HeaderMap) -> Response {
    let now = api.now();
    let session = api.entrance.session_cookie(&headers);
    if let Some(Ok(session)) = session.map(|cookie| api.entrance.gate.session(cookie, now)) {
        api.entrance.gate.sign_out(&session, session.until, now);
    }
    going_to("/", [api.entrance.set_session("", 0)])
}
