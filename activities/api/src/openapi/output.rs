//! What the handlers give.

use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{
    Header, MediaType, Operation, ParameterSchemaOrContent, ReferenceOr, Response, SchemaObject, StatusCode,
};
use aide::transform::TransformOperation;
use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, json_schema};

use crate::Problem;
use crate::answer::{Accepted, Tagged};
use crate::handlers::health::Health;
use crate::problem::Document;

pub(super) type Responses = Vec<(Option<StatusCode>, Response)>;

fn schema(json_schema: Schema) -> SchemaObject {
    SchemaObject {
        json_schema,
        example: None,
        external_docs: None,
    }
}

pub(super) fn response<T: JsonSchema>(context: &mut GenContext, media_type: &str, about: &str) -> Response {
    let shape = MediaType {
        schema: Some(schema(context.schema.subschema_for::<T>())),
        ..MediaType::default()
    };
    Response {
        description: about.to_owned(),
        content: [(media_type.to_owned(), shape)].into_iter().collect(),
        ..Response::default()
    }
}

pub(super) fn with_header(mut response: Response, name: &str, about: &str, format: Schema) -> Response {
    let header = Header {
        description: Some(about.to_owned()),
        style: aide::openapi::HeaderStyle::Simple,
        required: false,
        deprecated: None,
        format: ParameterSchemaOrContent::Schema(schema(format)),
        example: None,
        examples: IndexMap::default(),
        extensions: IndexMap::default(),
    };
    response.headers.insert(name.to_owned(), ReferenceOr::Item(header));
    response
}

/// An answer to a request that may be repeated: where its result is read, and whether it was made before.
pub(super) fn repeatable(answer: Response, place: &str) -> Response {
    let reference = json_schema!({ "type": "string", "format": "uri-reference" });
    let answer = with_header(answer, "Location", place, reference);
    with_header(
        answer,
        "Idempotent-Replayed",
        "`true`: the same request was made before, and nothing was done now",
        json_schema!({ "type": "string", "const": "true" }),
    )
}

impl OperationOutput for Problem {
    type Inner = ();

    fn operation_response(context: &mut GenContext, _: &mut Operation) -> Option<Response> {
        Some(response::<Document>(context, "application/problem+json", ""))
    }
}

impl<T: JsonSchema> OperationOutput for Accepted<T> {
    type Inner = ();

    fn inferred_responses(context: &mut GenContext, _: &mut Operation) -> Responses {
        let answer = response::<T>(context, "application/json", "Accepted and durable: it will be done");
        let answer = repeatable(answer, "Where to read what becomes of it");
        vec![(Some(StatusCode::Code(202)), answer)]
    }
}

impl<T: JsonSchema> OperationOutput for Tagged<T> {
    type Inner = ();

    fn inferred_responses(context: &mut GenContext, _: &mut Operation) -> Responses {
        let etag = |answer| {
            with_header(
                answer,
                "ETag",
                "Names this state of it, for `If-None-Match`",
                json_schema!({ "type": "string" }),
            )
        };
        let unchanged = Response {
            description: "It has not changed since `If-None-Match`".to_owned(),
            ..Response::default()
        };
        let answer = response::<T>(context, "application/json", "As it stands");
        vec![
            (Some(StatusCode::Code(200)), etag(answer)),
            (Some(StatusCode::Code(304)), etag(unchanged)),
        ]
    }
}

/// Documents a stream of events instead of JSON.
pub(crate) fn event_stream(mut operation: TransformOperation<'_>) -> TransformOperation<'_> {
    let stream = MediaType {
        schema: Some(schema(json_schema!({ "type": "string" }))),
        ..MediaType::default()
    };
    let about = "Events `execution`, `message` and `reset`; `id` is where to go on, by the header `Last-Event-ID`";
    let response = Response {
        description: about.to_owned(),
        content: [("text/event-stream".to_owned(), stream)].into_iter().collect(),
        ..Response::default()
    };
    super::add(operation.inner_mut(), axum::http::StatusCode::OK, response);
    operation
}

impl OperationOutput for Health {
    type Inner = ();

    fn inferred_responses(context: &mut GenContext, _: &mut Operation) -> Responses {
        let answer = |context: &mut _, code, about| {
            let response = response::<Self>(context, "application/json", about);
            (Some(StatusCode::Code(code)), response)
        };
        vec![
            answer(context, 200, "Messages are accepted"),
            answer(context, 503, "Messages cannot be accepted"),
        ]
    }
}
