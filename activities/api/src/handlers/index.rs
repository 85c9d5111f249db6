//! What the API offers: read from the document that describes it.

use axum::response::Response;
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::Serialize;

use crate::openapi::Document;

/// What there is.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Index {
    resources: Vec<Resource>,
}

/// One operation.
#[derive(Serialize, JsonSchema)]
struct Resource {
    method: String,
    path: String,
    about: String,
}

/// `GET /api`.
pub(crate) async fn read(Extension(document): Extension<Document>) -> Json<Index> {
    let resources = document.operations().map(|(method, path, about)| Resource {
        method,
        path: path.to_owned(),
        about: about.to_owned(),
    });
    Json(Index {
        resources: resources.collect(),
    })
}

/// `GET /openapi.json`.
pub(crate) async fn document(Extension(document): Extension<Document>) -> Response {
    document.answer()
}
