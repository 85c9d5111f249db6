//! `/ack/{link}`: the page behind the button of a notification, and what it does.
//!
//! Whoever has the link may acknowledge this one message, and needs not sign in. A GET only asks: scanners of mails and
//! previews of links follow those. Each link that holds no more, or never did, is refused alike.

use activity_runtime::AcknowledgementLinks;
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tables::NotAcknowledged;

use super::acknowledgements::{self, NAME_CHARS};
use crate::sign_in_page::{self, Look};
use crate::{Api, Problem};

/// The longest form: a name of 64 characters, each of four bytes that are escaped.
const FORM_BYTES: usize = 1_024;

/// `GET /ack/{link}`: a page with a button.
pub(crate) async fn ask(State(api): State<Api>, link: Result<Path<String>, PathRejection>) -> Response {
    let look = &api.entrance.look;
    if opened(&api, link.as_ref().ok()).is_none() {
        return nowhere(look);
    }
    let form = format!(
        "<p>Somebody has to know that this message was seen. Once you say so, nobody else is notified.</p>\
         <form method=\"post\"><p><label for=\"by\">Your name, if you like</label><br>\
         <input id=\"by\" name=\"by\" maxlength=\"{NAME_CHARS}\" autocomplete=\"name\"></p>\
         <p><button>Acknowledge</button></p></form>"
    );
    page(look, StatusCode::OK, "Have you seen it?", &form)
}

/// `POST /ack/{link}`: acknowledges, however often it is sent. The field `by` of a form says who.
pub(crate) async fn give(
    State(api): State<Api>,
    link: Result<Path<String>, PathRejection>,
    form: Bytes,
) -> Result<Response, Problem> {
    let look = &api.entrance.look;
    let Some(id) = opened(&api, link.as_ref().ok()) else {
        return Ok(nowhere(look));
    };
    let Ok(by) = by(&form) else {
        let words = format!("<p>A name has at most {NAME_CHARS} characters: go back and shorten yours.</p>");
        return Ok(page(
            look,
            StatusCode::UNPROCESSABLE_ENTITY,
            "That name is too long",
            &words,
        ));
    };
    Ok(match acknowledgements::give(&api, id, by.as_deref()).await? {
        Ok((taken, _)) | Err(NotAcknowledged::Already(taken)) => {
            let words = format!(
                "<p>It was acknowledged at {}. You may close this page.</p>",
                taken.given.at
            );
            page(look, StatusCode::OK, "Thank you", &words)
        }
        Err(NotAcknowledged::Over) => {
            let words = "<p>Every round has passed, and nobody waits for this message any more.</p>";
            page(look, StatusCode::GONE, "It is too late", words)
        }
        Err(NotAcknowledged::NotFound) => nowhere(look),
    })
}

fn opened<'a>(api: &Api, link: Option<&'a Path<String>>) -> Option<&'a str> {
    let links: &AcknowledgementLinks = api.acknowledgement_links.as_ref()?;
    links.open(link?, api.now())
}

/// The name in a form, if there is one.
fn by(form: &[u8]) -> Result<Option<String>, ()> {
    if form.len() > FORM_BYTES {
        return Err(());
    }
    let given = form_urlencoded::parse(form).find(|(name, _)| name == "by");
    let name = given
        .map(|(_, name)| name.trim().to_owned())
        .filter(|name| !name.is_empty());
    match name {
        Some(name) if name.chars().count() > NAME_CHARS => Err(()),
        name => Ok(name),
    }
}

/// The same for each link that does not hold: nobody learns which messages there are.
fn nowhere(look: &Look) -> Response {
    let words = "<p>This link does not hold, or holds no longer. Follow the one in the newest notification.</p>";
    page(look, StatusCode::NOT_FOUND, "Nothing is here", words)
}

fn page(look: &Look, status: StatusCode, title: &str, body: &str) -> Response {
    let mut response = (status, sign_in_page::html(look, title, "", body)).into_response();
    // The web app of ntfy sends from its own origin and looks at the answer. Nothing here depends on who asks: whoever has
    // the link has all that there is, so that any page may.
    response
        .headers_mut()
        .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
