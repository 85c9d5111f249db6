//! What a service has refused, from an answer.

use console::ServiceError;
use reqwest::Response;
use serde_json::Value;

pub(super) fn failure(code: &str, message: &str) -> ServiceError {
    ServiceError {
        code: code.to_owned(),
        message: message.to_owned(),
    }
}

/// The error of an answer.
pub(super) async fn refusal(answer: Response) -> ServiceError {
    let header = answer.headers().get("x-amzn-errortype");
    let header = header.and_then(|code| code.to_str().ok()).map(str::to_owned);
    let status = answer.status();
    let body = answer.bytes().await.unwrap_or_default();
    let (code, message) = said(header.as_deref(), &body);
    failure(
        &code.unwrap_or_else(|| status.as_str().to_owned()),
        &message.unwrap_or_else(|| "refused without a word".to_owned()),
    )
}

/// The code and the message of an error. The code stands in the header `X-Amzn-ErrorType` or in `__type`, behind a namespace
/// or before an address; what answers before a service of JSON does may say it in XML.
///
/// Sources: Smithy 2.0, "AWS JSON 1.0 protocol", "Operation error serialization"; "AWS Query protocol", "Operation error
/// serialization".
pub fn said(error_type: Option<&str>, body: &[u8]) -> (Option<String>, Option<String>) {
    let Ok(document) = serde_json::from_slice::<Value>(body) else {
        let text = String::from_utf8_lossy(body);
        let code = error_type.map(plain).or_else(|| element(&text, "Code"));
        return (code, element(&text, "Message"));
    };
    let code = error_type.or_else(|| document["__type"].as_str()).map(plain);
    let message = ["message", "Message"].iter().find_map(|name| document[*name].as_str());
    (code, message.map(str::to_owned))
}

/// What stands in the first element of this name.
fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(text.to_owned())
}

pub(super) fn plain(code: &str) -> String {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code).to_owned()
}
