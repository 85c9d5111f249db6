//! What the extractors take, and what they refuse.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Parameter, ReferenceOr, RequestBody, SchemaObject};
use aide::operation::{ParamLocation, add_parameters, parameters_from_schema};
use aide::transform::TransformOperation;
use indexmap::IndexMap;
use schemars::JsonSchema;

use super::{TOKEN, add, refusal};
use crate::body::JsonObject;
use crate::path::{Id, Named};
use crate::query::{Filters, Query};
use crate::{MayAdminister, MayBeAnybody, MayRead, MayWrite, ProblemKind, idempotency};

fn refuse(context: &mut GenContext, operation: &mut Operation, kinds: &[ProblemKind]) {
    for kind in kinds {
        let response = refusal(context, operation, *kind);
        add(operation, kind.status(), response);
    }
}

impl<T: JsonSchema> OperationInput for JsonObject<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        let json = MediaType {
            schema: Some(SchemaObject {
                json_schema: context.schema.subschema_for::<T>(),
                example: None,
                external_docs: None,
            }),
            ..MediaType::default()
        };
        let body = RequestBody {
            content: [("application/json".to_owned(), json)].into_iter().collect(),
            required: true,
            ..RequestBody::default()
        };
        operation.request_body = Some(ReferenceOr::Item(body));
        let kinds = [
            ProblemKind::InvalidJson,
            ProblemKind::BodyTooLarge,
            ProblemKind::UnsupportedMediaType,
            ProblemKind::InvalidFields,
        ];
        refuse(context, operation, &kinds);
    }
}

impl<T: Filters> OperationInput for Query<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        // Not a component of its own: nothing refers to it.
        let schema = T::json_schema(&mut context.schema);
        let parameters = parameters_from_schema(context, schema, ParamLocation::Query);
        add_parameters(context, operation, parameters);
        refuse(context, operation, &[ProblemKind::InvalidQuery]);
    }
}

impl<T: Named> OperationInput for Id<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        let schema = schemars::json_schema!({
            "type": "object",
            "properties": { T::NAME: { "type": "string", "minLength": 1, "description": T::ABOUT } },
            "required": [T::NAME],
        });
        let parameters: Vec<Parameter> = parameters_from_schema(context, schema, ParamLocation::Path);
        add_parameters(context, operation, parameters);
        refuse(context, operation, &[ProblemKind::NotFound]);
    }
}

/// A caller with a right: which scope the token needs, and how others are refused.
macro_rules! callers {
    ($($name:ident)*) => { $(
        impl OperationInput for $name {
            fn operation_input(context: &mut GenContext, operation: &mut Operation) {
                let scopes = Self::RIGHT.map(|right| right.as_str().to_owned());
                operation.security = vec![[(TOKEN.to_owned(), scopes.into_iter().collect())].into_iter().collect()];
                let kinds = [
                    ProblemKind::Unauthenticated,
                    ProblemKind::Forbidden,
                    ProblemKind::CrossSite,
                    ProblemKind::TooManyRequests,
                ];
                refuse(context, operation, &kinds);
            }
        }
    )* };
}

callers! { MayBeAnybody MayRead MayWrite MayAdminister }

/// Documents that nobody is asked who they are.
pub(crate) fn open(mut operation: TransformOperation<'_>) -> TransformOperation<'_> {
    // One way that needs nothing. Source: OpenAPI 3.1, Operation Object, `security`.
    operation.inner_mut().security = vec![IndexMap::new()];
    operation
}

/// Adds refusals that the handler itself decides on.
pub(crate) fn refuses(kinds: &'static [ProblemKind]) -> impl FnOnce(TransformOperation<'_>) -> TransformOperation<'_> {
    move |mut operation| {
        aide::generate::in_context(|context| refuse(context, operation.inner_mut(), kinds));
        operation
    }
}

/// Documents the header that guards against changes of others.
pub(crate) fn guarded(mut operation: TransformOperation<'_>) -> TransformOperation<'_> {
    let tag = schemars::json_schema!({
        "type": "object",
        "properties": {
            "If-Match": {
                "type": "string",
                "minLength": 1,
                "description": "The `ETag` of what was read: refused if it has been changed since.",
            },
        },
    });
    aide::generate::in_context(|context| {
        let parameters = parameters_from_schema(context, tag, ParamLocation::Header);
        add_parameters(context, operation.inner_mut(), parameters);
    });
    operation
}

/// Documents the header under which a repeated request is recognised.
pub(crate) fn idempotent(mut operation: TransformOperation<'_>) -> TransformOperation<'_> {
    let key = schemars::json_schema!({
        "type": "object",
        "properties": {
            idempotency::HEADER: {
                "type": "string",
                "pattern": "^[ -~]{1,255}$",
                "description": "Makes a repetition harmless: the same request under the same key is accepted once.",
            },
        },
    });
    aide::generate::in_context(|context| {
        let parameters = parameters_from_schema(context, key, ParamLocation::Header);
        add_parameters(context, operation.inner_mut(), parameters);
    });
    operation
}
