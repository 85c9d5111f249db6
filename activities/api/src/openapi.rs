//! `GET /openapi.json`: the API in `OpenAPI` 3.1, made from the types of its handlers.
//!
//! What a handler takes and gives says what is documented, so that the two cannot part: an extractor adds its parameters and
//! its refusals, an answer its status and schema. Source: <https://spec.openapis.org/oas/v3.1.0>.

mod changeable;
mod input;
mod output;

pub(crate) use input::{guarded, idempotent, open, refuses};
pub(crate) use output::event_stream;

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::openapi::{
    Components, Info, License, OpenApi, Operation, PathItem, ReferenceOr, Response, SecurityScheme, Server, Tag,
};
use aide::operation::OperationOutput;
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response as Answer};
use indexmap::IndexMap;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;

use crate::{Problem, ProblemKind};

/// The address of the document.
pub(crate) const PATH: &str = "/openapi.json";

/// What stands at the top of the document.
const DESCRIPTION: &str = "Sends notifications that do not get lost, and shows what became of them.\n\n\
    Every refusal is `application/problem+json` (RFC 9457): decide by its `code`, show its `detail`, and look up its \
    `correlation_id` in the log. Where there is a `Retry-After`, the same request may succeed then.";

/// The groups in which operations are shown.
const TAGS: [(&str, &str); 6] = [
    ("messages", "Sending messages, and how they stand"),
    ("dead letters", "Messages that were not delivered"),
    ("schedules", "Messages that are sent again and again, or later"),
    ("breakers", "The circuit breaker of each ntfy server"),
    ("sign-in", "Who you are"),
    ("service", "The service itself"),
];

/// The name of the way in which programs show who they are.
pub(crate) const TOKEN: &str = "token";

fn bearer_token() -> SecurityScheme {
    let description = "An access token: of the issuer that is set, or of `rez token`. Scopes are `messages:read`, \
                       `messages:write` and `admin`.";
    SecurityScheme::Http {
        scheme: "bearer".to_owned(),
        bearer_format: Some("JWT".to_owned()),
        description: Some(description.to_owned()),
        extensions: IndexMap::default(),
    }
}

/// The document, as it is served and as the index reads it.
#[derive(Clone)]
pub(crate) struct Document(pub(crate) Arc<OpenApi>);

impl Document {
    /// The router that the routes make, and the document that describes them.
    pub(crate) fn of<S: Clone + Send + Sync + 'static>(make: fn() -> ApiRouter<S>) -> (Router<S>, Self) {
        // OpenAPI 3.1 writes schemas in this draft. Making the routes writes them, so the draft is set before.
        let schemas = SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
        aide::generate::in_context(|context| context.schema = SchemaGenerator::new(schemas));
        let mut document = OpenApi {
            info: Info {
                title: "rez".to_owned(),
                description: Some(DESCRIPTION.to_owned()),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                license: Some(License {
                    name: "Apache-2.0 OR MIT".to_owned(),
                    identifier: Some("Apache-2.0 OR MIT".to_owned()),
                    ..License::default()
                }),
                ..Info::default()
            },
            servers: vec![Server {
                url: "/".to_owned(),
                ..Server::default()
            }],
            components: Some(Components {
                security_schemes: [(TOKEN.to_owned(), ReferenceOr::Item(bearer_token()))]
                    .into_iter()
                    .collect(),
                ..Components::default()
            }),
            tags: TAGS.map(|(name, about)| tag(name, about)).into(),
            ..OpenApi::default()
        };
        let router = make().finish_api(&mut document);
        (router, Self(Arc::new(document)))
    }

    /// The document as JSON.
    pub(crate) fn answer(&self) -> Answer {
        match serde_json::to_vec(&*self.0) {
            Ok(json) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
            Err(error) => {
                tracing::error!(%error, "the document cannot be written");
                Problem::new(ProblemKind::Internal, "the document cannot be written").into_response()
            }
        }
    }

    /// Method, address, and what it does, of every operation.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (String, &str, &str)> {
        let paths = self.0.paths.iter().flat_map(|paths| &paths.paths);
        paths.flat_map(|(path, item)| {
            let item = item.as_item();
            item.into_iter().flat_map(PathItem::iter).map(|(method, operation)| {
                let summary = operation.summary.as_deref().unwrap_or_default();
                (method.to_uppercase(), path.as_str(), summary)
            })
        })
    }
}

fn tag(name: &str, about: &str) -> Tag {
    Tag {
        name: name.to_owned(),
        description: Some(about.to_owned()),
        ..Tag::default()
    }
}

/// A problem of one kind as a documented answer.
pub(crate) fn refusal(
    context: &mut aide::generate::GenContext,
    operation: &mut Operation,
    kind: ProblemKind,
) -> Response {
    let response = Problem::operation_response(context, operation).unwrap_or_default();
    Response {
        description: format!("{} (`{}`)", kind.title(), kind.code()),
        ..response
    }
}

/// Adds an answer; of two under one status the descriptions stand together.
pub(crate) fn add(operation: &mut Operation, status: StatusCode, response: Response) {
    let responses = &mut operation.responses.get_or_insert_default().responses;
    let known = responses.entry(aide::openapi::StatusCode::Code(status.as_u16()));
    known
        .and_modify(|known| {
            if let ReferenceOr::Item(known) = known
                && !known.description.contains(&response.description)
            {
                known.description = format!("{}; {}", known.description, response.description);
            }
        })
        .or_insert(ReferenceOr::Item(response));
}
