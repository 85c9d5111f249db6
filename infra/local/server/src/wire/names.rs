//! Names and ARNs as callers give them.

use super::error::ApiError;
use crate::addresses::{self, StatesArn};

/// The longest name. Source: API reference, `CreateStateMachine`, `name`.
pub(super) const NAME_CHARS: usize = 80;

/// Whether a name has none of the characters that AWS forbids.
///
/// Source: API reference, `CreateStateMachine`: white space, brackets, wildcards, special and control characters, and
/// whatever is not of the basic plane.
pub(super) fn is_valid(name: &str) -> bool {
    name.chars().all(|c| {
        !(c.is_whitespace()
            || c.is_control()
            || "<>{}[]?*\"#%\\^|~`$&,;:/".contains(c)
            || ('\u{fffe}'..='\u{ffff}').contains(&c)
            || u32::from(c) > 0xffff)
    })
}

/// A name, checked.
pub(super) fn check(name: &str) -> Result<(), ApiError> {
    if is_valid(name) {
        Ok(())
    } else {
        Err(ApiError::new("InvalidName", format!("Invalid Name: '{name}'")))
    }
}

/// The name in the ARN of a state machine.
pub(super) fn state_machine(arn: &str) -> Result<String, ApiError> {
    let parts = parse(arn, "stateMachine")?;
    if arn == addresses::state_machine_arn(parts.name) {
        Ok(parts.name.to_owned())
    } else {
        Err(ApiError::no_state_machine(arn))
    }
}

/// The names of state machine and execution in the ARN of an execution.
pub(super) fn execution(arn: &str) -> Result<(String, String), ApiError> {
    let parts = parse(arn, "execution")?;
    match parts.second {
        Some(name) if arn == addresses::execution_arn(parts.name, name) => Ok((parts.name.to_owned(), name.to_owned())),
        _ => Err(ApiError::no_execution(arn)),
    }
}

/// The name in the ARN of an activity.
pub(super) fn activity(arn: &str) -> Result<String, ApiError> {
    let parts = parse(arn, "activity")?;
    if arn == addresses::activity_arn(parts.name) {
        Ok(parts.name.to_owned())
    } else {
        Err(no_activity(arn))
    }
}

/// The error about an activity that is not there.
pub(super) fn no_activity(arn: &str) -> ApiError {
    ApiError::new("ActivityDoesNotExist", format!("Activity Does Not Exist: '{arn}'"))
}

fn parse<'a>(arn: &'a str, kind: &str) -> Result<StatesArn<'a>, ApiError> {
    let parts = StatesArn::parse(arn).ok_or_else(|| ApiError::invalid_arn(arn))?;
    if parts.kind == kind {
        Ok(parts)
    } else {
        Err(ApiError::wrong_resource(parts.kind))
    }
}

/// An ARN of a role, checked as far as its form goes: roles are kept and shown, never assumed.
pub(super) fn role(arn: &str) -> Result<(), ApiError> {
    let mut parts = arn.splitn(6, ':');
    let valid = parts.next() == Some("arn")
        && parts.next().is_some_and(|partition| partition.starts_with("aws"))
        && parts.next() == Some("iam")
        && parts.next() == Some("")
        && parts
            .next()
            .is_some_and(|account| account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()))
        && parts.next().is_some_and(|resource| resource.starts_with("role/"));
    if valid {
        Ok(())
    } else {
        Err(ApiError::new("InvalidArn", format!("Invalid Role Arn: '{arn}'")))
    }
}

#[cfg(test)]
mod tests {
    use super::{execution, is_valid, role, state_machine};

    #[test]
    fn names_have_no_forbidden_characters() {
        for name in ["a", "process-message", "a.b_c-d", "ünïcode", "A1"] {
            assert!(is_valid(name), "{name}");
        }
        for name in [
            "a b",
            "a\"b",
            "a#b",
            "a/b",
            "a:b",
            "a\u{0}b",
            "a\u{7f}",
            "a~b",
            "a`b",
            "\u{1F600}",
        ] {
            assert!(!is_valid(name), "{name}");
        }
    }

    #[test]
    fn arns_of_other_accounts_name_nothing_here() {
        let error = state_machine("arn:aws:states:eu-west-1:1:stateMachine:m").unwrap_err();
        assert!(format!("{error:?}").contains("StateMachineDoesNotExist"));
        let error = execution("arn:aws:states:us-east-1:123456789012:express:m:e:u").unwrap_err();
        assert!(format!("{error:?}").contains("Resource type not valid in this context: express"));
    }

    #[test]
    fn a_role_has_the_form_of_a_role() {
        assert!(role("arn:aws:iam::123456789012:role/x").is_ok());
        for arn in [
            "",
            "x",
            "arn:aws:iam::123456789012:user/x",
            "arn:aws:iam:us-east-1:123456789012:role/x",
        ] {
            assert!(role(arn).is_err(), "{arn}");
        }
    }
}
