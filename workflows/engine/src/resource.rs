//! What a `Resource` says.

use std::sync::Arc;

use crate::Integration;

/// A task's resource, taken apart once.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Resource {
    /// The whole ARN, complete with its suffix.
    pub(crate) arn: Arc<str>,
    pub(crate) integration: Integration,
    /// `resourceType` of the history: `lambda`, `sqs`, `aws-sdk:sqs`. Empty for Lambda and activity ARNs.
    pub(crate) service: Arc<str>,
    /// `resource` of the history: the action with its suffix, for example `sendMessage.waitForTaskToken`.
    pub(crate) action: Arc<str>,
}

impl Resource {
    /// Takes an ARN apart; `None` if it names nothing that a task can call.
    ///
    /// Source: Step Functions Developer Guide, "Integrating services" and "Discover service integration patterns".
    pub(crate) fn parse(arn: &str) -> Option<Self> {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let &["arn", _, service, region, _, rest] = parts.as_slice() else {
            return None;
        };
        let of = |integration, service: &str, action: &str| {
            Some(Self {
                arn: arn.into(),
                integration,
                service: service.into(),
                action: action.into(),
            })
        };
        match service {
            "lambda" => of(Integration::Lambda, "", ""),
            "states" if rest.starts_with("activity:") => of(Integration::Activity, "", ""),
            "states" if region.is_empty() => {
                let (service, action) = service_and_action(rest)?;
                of(pattern(action)?, service, action)
            }
            _ => None,
        }
    }
}

/// `sqs:sendMessage` and `aws-sdk:sqs:sendMessage`; a `:2` after `.sync` belongs to the action.
fn service_and_action(rest: &str) -> Option<(&str, &str)> {
    let start = if rest.starts_with("aws-sdk:") {
        "aws-sdk:".len()
    } else {
        0
    };
    let colon = start + rest[start..].find(':')?;
    Some((&rest[..colon], &rest[colon + 1..])).filter(|(_, action)| !action.is_empty())
}

fn pattern(action: &str) -> Option<Integration> {
    match action.split_once('.').map(|(_, suffix)| suffix) {
        None => Some(Integration::RequestResponse),
        Some("sync" | "sync:2") => Some(Integration::Sync),
        Some("waitForTaskToken") => Some(Integration::WaitForTaskToken),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arn: &str) -> Option<(Integration, String, String)> {
        Resource::parse(arn).map(|resource| {
            (
                resource.integration,
                resource.service.to_string(),
                resource.action.to_string(),
            )
        })
    }

    #[test]
    fn service_integrations_are_named_as_in_the_history() {
        let cases = [
            (
                "arn:aws:states:::lambda:invoke",
                Integration::RequestResponse,
                "lambda",
                "invoke",
            ),
            (
                "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                Integration::WaitForTaskToken,
                "sqs",
                "sendMessage.waitForTaskToken",
            ),
            (
                "arn:aws:states:::states:startExecution.sync:2",
                Integration::Sync,
                "states",
                "startExecution.sync:2",
            ),
            (
                "arn:aws-cn:states:::aws-sdk:sfn:startExecution",
                Integration::RequestResponse,
                "aws-sdk:sfn",
                "startExecution",
            ),
            (
                "arn:aws:lambda:eu-west-1:123456789012:function:f:1",
                Integration::Lambda,
                "",
                "",
            ),
            (
                "arn:aws:states:eu-west-1:123456789012:activity:a",
                Integration::Activity,
                "",
                "",
            ),
        ];
        for (arn, integration, service, action) in cases {
            assert_eq!(parsed(arn), Some((integration, service.into(), action.into())), "{arn}");
        }
    }

    #[test]
    fn what_nothing_can_call_is_refused() {
        for arn in [
            "",
            "foo:bar",
            "${FunctionArn}",
            "arn:aws:s3:::bucket",
            "arn:aws:states:::sqs",
            "arn:aws:states:::sqs:send.never",
        ] {
            assert_eq!(parsed(arn), None, "{arn}");
        }
    }
}
