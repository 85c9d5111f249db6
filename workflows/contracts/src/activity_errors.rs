//! The errors of any activity that no contract declares: what `activities/runtime` reports when an activity could not
//! do its work. A workflow decides about them once, beside Lambda's own `Lambda.*` and `States.*` errors.

/// The payload of the invocation is not what the activity takes. Repeating it cannot help.
pub const INVALID_INPUT: &str = "Activity.InvalidInput";
/// Something the activity depends on (a table, a topic, a parameter) cannot be reached or is throttled: repeat.
pub const UNAVAILABLE: &str = "Activity.Unavailable";
/// A setting, a parameter or a permission is missing or wrong: a person must mend it.
pub const MISCONFIGURED: &str = "Activity.Misconfigured";
/// The activity met something that its author did not expect, for example an item it cannot read.
pub const FAILED: &str = "Activity.Failed";
/// The activity's code panicked.
pub const PANICKED: &str = "Activity.Panicked";

/// Every name, the ones that are worth repeating first.
pub const ALL: [&str; 5] = [UNAVAILABLE, PANICKED, FAILED, MISCONFIGURED, INVALID_INPUT];

/// Those that may succeed when they are repeated.
pub const RETRYABLE: [&str; 2] = [UNAVAILABLE, PANICKED];
