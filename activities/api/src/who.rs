//! Who asks: read from every request, and demanded where something is done.

use authorizer::{Refusal, Session, SignInError};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::entrance::Cookie;
use crate::{Api, Caller, Problem, ProblemKind, Right, cross_site};

/// Why nobody has been let in, for whoever demands a caller.
#[derive(Clone, Copy, Debug)]
struct NotLetIn(Refusal);

/// The caller has asked too often.
#[derive(Clone, Copy, Debug)]
struct TooOften;

/// Who was found, and what their browser is to keep.
#[derive(Default)]
struct Found {
    caller: Option<Caller>,
    session: Option<Session>,
    cookies: Vec<HeaderValue>,
}

/// Reads who asks and gives it to what comes after as extensions: a [`Caller`], and of a session its
/// [`CsrfToken`](crate::CsrfToken). A session that is over is renewed at the issuer, as long as that allows it.
///
/// A request that has a [`Caller`] already is one of this process: a page calls the API on behalf of whoever was read, counted
/// and asked for the form's token when the page was. Nothing that comes over a connection has extensions of ours.
pub(crate) async fn read(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    if request.extensions().get::<Caller>().is_some() {
        return next.run(request).await;
    }
    let found = match find(&api, request.headers()).await {
        Ok(found) => found,
        Err(refusal) => {
            tracing::info!(%refusal, "not let in");
            request.extensions_mut().insert(NotLetIn(refusal));
            Found::default()
        }
    };
    if let Some(caller) = found.caller {
        tracing::debug!(subject = caller.subject, rights = %caller.rights, "let in");
        if api.entrance.rate.count(&caller.subject, api.now()).is_err() {
            request.extensions_mut().insert(TooOften);
        }
        request.extensions_mut().insert(caller);
    }
    if let Some(session) = found.session {
        request
            .extensions_mut()
            .insert(session.csrf_token(&api.entrance.gate.seal));
        request.extensions_mut().insert(session);
    }
    let mut response = next.run(request).await;
    // Whoever signs out has cookies of their own to set.
    if !response.headers().contains_key(header::SET_COOKIE) {
        if !found.cookies.is_empty() {
            // A shared cache would hand the session to others. Source: RFC 9111, section 7.3.
            let no_store = HeaderValue::from_static("no-store");
            response.headers_mut().insert(header::CACHE_CONTROL, no_store);
        }
        for cookie in found.cookies {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// A token counts before a cookie.
async fn find(api: &Api, headers: &HeaderMap) -> Result<Found, Refusal> {
    let now = api.now();
    if let Some(token) = bearer(headers)? {
        return Ok(Found {
            caller: Some(api.entrance.gate.caller(token, now).await?),
            ..Found::default()
        });
    }
    let cookie = api.entrance.cookie(headers, Cookie::Session);
    let session = cookie.map(|cookie| api.entrance.gate.session(cookie, now));
    let (session, cookies) = match session {
        Some(Ok(session)) => (Some(session), Vec::new()),
        Some(Err(Refusal::SessionOver)) | None => match renewed(api, headers).await? {
            Some((session, cookies)) => (Some(session), cookies),
            None if session.is_some() => return Err(Refusal::SessionOver),
            None => (None, Vec::new()),
        },
        Some(Err(refusal)) => return Err(refusal),
    };
    Ok(Found {
        caller: session.as_ref().map(Session::caller),
        session,
        cookies,
    })
}

/// A session that goes on at the issuer, and the cookies that say so; `None` if there is nothing to renew it with.
async fn renewed(api: &Api, headers: &HeaderMap) -> Result<Option<(Session, Vec<HeaderValue>)>, Refusal> {
    let entrance = &api.entrance;
    let Some((sign_in, refresh)) = entrance.sign_in.as_ref().zip(entrance.refresh(headers)) else {
        return Ok(None);
    };
    if entrance.gate.has_ended(refresh.session()) {
        return Ok(None);
    }
    match sign_in.renew(&refresh, api.now()).await {
        Ok(signed_in) => {
            let cookies = entrance.signed_in(&signed_in).map_err(|_| Refusal::SessionOver)?;
            Ok(Some((signed_in.session, cookies)))
        }
        Err(SignInError::Away) => Err(Refusal::Unavailable),
        Err(error) => {
            tracing::info!(%error, "a session is not renewed");
            Err(Refusal::SessionOver)
        }
    }
}

/// The token of a request. Two are none: nobody could say which was meant.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let Some(first) = given.next() else { return Ok(None) };
    if given.next().is_some() {
        return Err(Refusal::Malformed);
    }
    let (scheme, token) = first
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .ok_or(Refusal::Malformed)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(Some(token.trim()))
    } else {
        Err(Refusal::Malformed)
    }
}

/// Demands that somebody has signed in, and that a form of a session is one of ours.
pub(crate) async fn demand(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    if let Err(problem) = caller(&mut parts) {
        return problem.into_response();
    }
    match cross_site::refuse(Request::from_parts(parts, body)).await {
        Ok(request) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// The same for pages: a browser that has not signed in is sent to do so, and comes back.
pub(crate) async fn demand_for_pages(request: Request, next: Next) -> Response {
    let signed_in = request.extensions().get::<Caller>().is_some();
    let path = request.uri().path();
    // Style and script, and what is written of the API, which is nobody's secret.
    let read = request.method() == Method::GET;
    let about_the_api = read && (path == "/docs" || path.starts_with("/docs/"));
    if path.starts_with("/console/assets/") || about_the_api {
        return next.run(request).await;
    }
    if !signed_in && request.method() == Method::GET {
        let back = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
        let query: String = form_urlencoded::Serializer::new(String::new())
            .append_pair("return_to", back)
            .finish();
        return Redirect::to(&format!("/sign-in?{query}")).into_response();
    }
    demand(request, next).await
}

fn caller(parts: &mut Parts) -> Result<&Caller, Problem> {
    if let Some(NotLetIn(refusal)) = parts.extensions.get() {
        return Err((*refusal).into());
    }
    if parts.extensions.get::<TooOften>().is_some() {
        let detail = "you ask more often than is allowed: wait a moment";
        return Err(Problem::new(ProblemKind::TooManyRequests, detail));
    }
    parts.extensions.get::<Caller>().ok_or_else(|| {
        let detail = "send Authorization: Bearer TOKEN; rez token prints one, and rez sign-in a link for the browser";
        Problem::new(ProblemKind::Unauthenticated, detail)
    })
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let kind = match refusal {
            Refusal::Unavailable => ProblemKind::Unavailable,
            _ => ProblemKind::Unauthenticated,
        };
        Self::new(kind, refusal.to_string())
    }
}

fn demanded(parts: &mut Parts, right: Option<Right>) -> Result<Caller, Problem> {
    let caller = caller(parts)?;
    match right.filter(|right| !caller.may(*right)) {
        None => Ok(caller.clone()),
        Some(right) => {
            let name = right.as_str();
            let detail = format!("you are signed in, but not allowed to: this needs the scope or group {name}");
            Err(Problem::new(ProblemKind::Forbidden, detail))
        }
    }
}

/// A caller with a right, as an argument of a handler.
macro_rules! demand {
    ($(#[doc = $doc:literal] $name:ident: $right:expr,)*) => { $(
        #[doc = $doc]
        #[derive(Clone, Debug)]
        pub struct $name(pub Caller);

        impl $name {
            /// The right; `None` if any caller will do.
            pub const RIGHT: Option<Right> = $right;
        }

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
                demanded(parts, Self::RIGHT).map(Self)
            }
        }
    )* };
}

demand! {
    #[doc = "A caller, as an argument of a handler; everybody else gets 401."]
    MayBeAnybody: None,
    #[doc = "A caller who may read, as an argument of a handler; everybody else gets 401 or 403."]
    MayRead: Some(Right::Read),
    #[doc = "A caller who may write, as an argument of a handler; everybody else gets 401 or 403."]
    MayWrite: Some(Right::Write),
    #[doc = "An administrator, as an argument of a handler; everybody else gets 401 or 403."]
    MayAdminister: Some(Right::Admin),
}
