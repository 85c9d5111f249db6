//! The API, to read about and to try: `/docs`, made from the document at `/openapi.json` alone.

pub(crate) mod operation;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, header};

use super::{Answer, html};
use crate::console::Console;
use crate::failure::Failure;
use crate::frame::{Frame, Section};
use crate::html::Markup;
use crate::openapi::{Document, Operation};
use crate::reader::Reader;

#[derive(Template)]
#[template(path = "docs.html")]
struct Page {
    frame: Frame,
    about: Vec<Markup>,
    base: String,
    groups: Vec<Group>,
    signed_in: bool,
}

struct Group {
    name: String,
    about: String,
    operations: Vec<Line>,
}

struct Line {
    method: &'static str,
    path: String,
    summary: String,
    address: String,
}

/// `GET /docs`. It is for everybody, as the document is.
pub(crate) async fn read(State(console): State<Console>, headers: HeaderMap, reader: Reader) -> Answer {
    let document = document(&console, &reader).await?;
    let line = |operation: Operation<'_>| Line {
        method: operation.method,
        path: operation.path.to_owned(),
        summary: operation.summary().to_owned(),
        address: address(operation.id()),
    };
    let group = |(name, about): (&str, &str)| Group {
        name: capitalised(name),
        about: about.to_owned(),
        operations: document
            .operations()
            .filter(|operation| operation.has_tag(name))
            .map(line)
            .collect(),
    };
    html(&Page {
        frame: Frame::new("API", Section::Api, &reader),
        about: document.about().map(Markup::prose).collect(),
        base: base(&headers),
        groups: document.tags().map(group).collect(),
        signed_in: reader.name().is_some(),
    })
}

/// The document, from the API itself.
async fn document(console: &Console, reader: &Reader) -> Result<Document, Failure> {
    Ok(Document(console.api.get("/openapi.json", reader).await?))
}

fn address(id: &str) -> String {
    format!("/docs/{}", crate::html::encoded(id))
}

/// The address under which the reader's browser has reached the server: beyond this machine only HTTPS leads here.
fn base(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.unwrap_or("localhost");
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let here = ["localhost", "[::1]"].contains(&name) || name.starts_with("127.");
    format!("{}://{host}", if here { "http" } else { "https" })
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::base;

    #[test]
    fn commands_have_the_address_that_the_reader_uses() {
        for (host, expected) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("localhost", "http://localhost"),
            ("[::1]:8080", "http://[::1]:8080"),
            ("rez.example.org", "https://rez.example.org"),
        ] {
            let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
            assert_eq!(base(&headers), expected);
        }
    }
}
