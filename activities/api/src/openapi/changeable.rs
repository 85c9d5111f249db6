//! What the handlers give of things that are created, changed and deleted.

use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{Operation, Response, StatusCode};
use schemars::{JsonSchema, json_schema};

use super::output::{Responses, repeatable, response, with_header};
use crate::answer::{Created, Deleted, Guarded};

fn guarding(answer: Response) -> Response {
    with_header(
        answer,
        "ETag",
        "Names this state of it, for `If-Match`",
        json_schema!({ "type": "string" }),
    )
}

impl<T: JsonSchema> OperationOutput for Guarded<T> {
    type Inner = ();

    fn inferred_responses(context: &mut GenContext, _: &mut Operation) -> Responses {
        let answer = response::<T>(context, "application/json", "As it stands");
        vec![(Some(StatusCode::Code(200)), guarding(answer))]
    }
}

impl<T: JsonSchema> OperationOutput for Created<T> {
    type Inner = ();

    fn inferred_responses(context: &mut GenContext, _: &mut Operation) -> Responses {
        let answer = guarding(response::<T>(context, "application/json", "It is there, and durable"));
        let answer = repeatable(answer, "Where to read it");
        vec![(Some(StatusCode::Code(201)), answer)]
    }
}

impl OperationOutput for Deleted {
    type Inner = ();

    fn inferred_responses(_: &mut GenContext, _: &mut Operation) -> Responses {
        let answer = Response {
            description: "It is there no more".to_owned(),
            ..Response::default()
        };
        vec![(Some(StatusCode::Code(204)), answer)]
    }
}
