//! A Lambda endpoint whose functions answer the same however often they are called.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};

/// Hears what the functions are called with.
pub(crate) type Heard = Arc<dyn Fn(&str, Value) + Send + Sync>;

/// Starts it and gives its address. `double` answers, `odd` fails, and `callback` leaves the answer to whoever hears.
pub(crate) async fn start(heard: Heard) -> String {
    let router = Router::new()
        .route("/2015-03-31/functions/{name}/invocations", post(invoke))
        .with_state(heard);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

async fn invoke(Path(name): Path<String>, State(heard): State<Heard>, body: String) -> Response {
    let payload: Value = serde_json::from_str(&body).unwrap();
    // A function is named by its ARN or by its name.
    let name = name.rsplit(':').next().unwrap().to_owned();
    heard(&name, payload.clone());
    match name.as_str() {
        "odd" => {
            let error = json!({ "errorType": "Odd", "errorMessage": "as told" });
            ([("X-Amz-Function-Error", "Unhandled")], error.to_string()).into_response()
        }
        _ => payload.to_string().into_response(),
    }
}
