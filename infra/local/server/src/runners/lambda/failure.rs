//! What went wrong with a call: in the function, or before it ran.

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::Invocation;
use super::endpoint::header;
use crate::addresses;
use crate::runners::TaskFailure;

/// How the cause of a function's own error is written.
///
/// Source: recorded histories.
#[derive(Clone, Copy)]
pub(in crate::runners) enum Cause {
    /// As the function's runtime wrote it: where the resource is the function's ARN.
    Verbatim,
    /// Without spaces between its parts: where the resource is `lambda:invoke`.
    Compact,
}

/// The function ran and failed: its error's type is the error, what it answered the cause.
///
/// Source: recorded histories; `Lambda.Unknown` from the Step Functions developer guide, "Handle transient Lambda service
/// exceptions".
pub(in crate::runners) fn function_error(payload: &str, cause: Cause) -> TaskFailure {
    let Ok(parsed) = serde_json::from_str::<Value>(payload) else {
        return TaskFailure::new("Lambda.Unknown", payload);
    };
    let error = parsed
        .get("errorType")
        .and_then(Value::as_str)
        .unwrap_or("Lambda.Unknown");
    match cause {
        Cause::Verbatim => TaskFailure::new(error, payload),
        Cause::Compact => TaskFailure::new(error, parsed.to_string()),
    }
}

/// Lambda refused the call.
pub(super) fn service_error(
    invocation: &Invocation,
    name: &str,
    status: u16,
    headers: &HeaderMap,
    payload: &str,
    request_id: &str,
) -> TaskFailure {
    let parsed: Value = serde_json::from_str(payload).unwrap_or_default();
    let code = header(headers, "x-amzn-errortype").unwrap_or_else(|| "ServiceException".to_owned());
    let code = code.split(':').next().unwrap_or_default();
    let message = ["Message", "message"]
        .iter()
        .find_map(|key| parsed.get(key)?.as_str())
        .unwrap_or_default();
    // Step Functions always names the version that it asked for.
    let message = if message == format!("Function not found: {}", addresses::function_arn(name)) {
        format!("Function not found: {}", invocation.qualified_arn(name))
    } else {
        message.to_owned()
    };
    TaskFailure::service(
        &format!("Lambda.{code}"),
        "AWSLambda",
        status,
        code,
        &message,
        request_id,
    )
}

#[cfg(test)]
mod tests {
    use super::{Cause, function_error};

    #[test]
    fn a_cause_keeps_its_spaces_where_the_resource_is_the_function() {
        let answer = r#"{"errorMessage": "no", "errorType": "Custom"}"#;
        let (verbatim, compact) = (
            function_error(answer, Cause::Verbatim),
            function_error(answer, Cause::Compact),
        );
        assert_eq!(verbatim.error, "Custom");
        assert_eq!(verbatim.cause, answer);
        assert_eq!(compact.error, "Custom");
        assert_eq!(compact.cause, r#"{"errorMessage":"no","errorType":"Custom"}"#);
    }
}
