//! Which object has which fields.
//!
//! Source: Amazon States Language, "State type table", and the pages of the AWS developer guide for each state.

use crate::QueryLanguage::{self, JSONPath, JSONata};
use crate::StateType::{self, Choice, Fail, Map, Parallel, Pass, Succeed, Task, Wait};

/// A field, and the query language it is limited to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) only: Option<QueryLanguage>,
}

/// A field of states, and the types that have it.
struct StateField {
    field: Field,
    types: &'static [StateType],
}

const fn any(name: &'static str) -> Field {
    Field { name, only: None }
}

const fn path(name: &'static str) -> Field {
    Field {
        name,
        only: Some(JSONPath),
    }
}

const fn jsonata(name: &'static str) -> Field {
    Field {
        name,
        only: Some(JSONata),
    }
}

const fn on(types: &'static [StateType], field: Field) -> StateField {
    StateField { field, types }
}

const ALL: &[StateType] = &StateType::ALL;
const NOT_FAIL: &[StateType] = &[Task, Wait, Pass, Succeed, Choice, Parallel, Map];
const GOES_ON: &[StateType] = &[Task, Wait, Pass, Parallel, Map];
const ASSIGNS: &[StateType] = &[Task, Wait, Pass, Choice, Parallel, Map];
const HAS_RESULT: &[StateType] = &[Task, Pass, Parallel, Map];
const CAN_FAIL: &[StateType] = &[Task, Parallel, Map];

const STATE: &[StateField] = &[
    on(ALL, any("Type")),
    on(ALL, any("Comment")),
    on(ALL, any("QueryLanguage")),
    on(GOES_ON, any("Next")),
    on(GOES_ON, any("End")),
    on(NOT_FAIL, path("InputPath")),
    on(NOT_FAIL, path("OutputPath")),
    on(ASSIGNS, any("Assign")),
    on(NOT_FAIL, jsonata("Output")),
    on(HAS_RESULT, path("Parameters")),
    on(HAS_RESULT, path("ResultPath")),
    on(CAN_FAIL, path("ResultSelector")),
    on(CAN_FAIL, any("Retry")),
    on(CAN_FAIL, any("Catch")),
    on(&[Task, Parallel], jsonata("Arguments")),
    on(&[Task], any("Resource")),
    on(&[Task], any("TimeoutSeconds")),
    on(&[Task], path("TimeoutSecondsPath")),
    on(&[Task], any("HeartbeatSeconds")),
    on(&[Task], path("HeartbeatSecondsPath")),
    on(&[Task], any("Credentials")),
    on(&[Pass], path("Result")),
    on(&[Choice], any("Choices")),
    on(&[Choice], any("Default")),
    on(&[Wait], any("Seconds")),
    on(&[Wait], path("SecondsPath")),
    on(&[Wait], any("Timestamp")),
    on(&[Wait], path("TimestampPath")),
    on(&[Fail], any("Error")),
    on(&[Fail], path("ErrorPath")),
    on(&[Fail], any("Cause")),
    on(&[Fail], path("CausePath")),
    on(&[Parallel], any("Branches")),
    on(&[Map], any("ItemProcessor")),
    on(&[Map], any("Iterator")),
    on(&[Map], jsonata("Items")),
    on(&[Map], path("ItemsPath")),
    on(&[Map], any("ItemSelector")),
    on(&[Map], any("ItemReader")),
    on(&[Map], any("ItemBatcher")),
    on(&[Map], any("ResultWriter")),
    on(&[Map], any("MaxConcurrency")),
    on(&[Map], path("MaxConcurrencyPath")),
    on(&[Map], any("ToleratedFailureCount")),
    on(&[Map], path("ToleratedFailureCountPath")),
    on(&[Map], any("ToleratedFailurePercentage")),
    on(&[Map], path("ToleratedFailurePercentagePath")),
    on(&[Map], any("Label")),
];

/// The top level.
pub(crate) const MACHINE: &[Field] = &[
    any("Comment"),
    any("QueryLanguage"),
    any("StartAt"),
    any("States"),
    any("TimeoutSeconds"),
    any("Version"),
];

/// A branch of `Parallel`. Its comment is accepted, but the model does not keep it.
pub(crate) const BRANCH: &[Field] = &[any("Comment"), any("StartAt"), any("States")];

/// `ItemProcessor` and `Iterator`. The comment is accepted, but the model does not keep it.
pub(crate) const PROCESSOR: &[Field] = &[any("Comment"), any("ProcessorConfig"), any("StartAt"), any("States")];

/// `ProcessorConfig`.
pub(crate) const PROCESSOR_CONFIG: &[Field] = &[any("Mode"), any("ExecutionType")];

/// An element of `Retry`.
pub(crate) const RETRIER: &[Field] = &[
    any("Comment"),
    any("ErrorEquals"),
    any("IntervalSeconds"),
    any("MaxAttempts"),
    any("BackoffRate"),
    any("MaxDelaySeconds"),
    any("JitterStrategy"),
];

/// An element of `Catch`.
pub(crate) const CATCHER: &[Field] = &[
    any("Comment"),
    any("ErrorEquals"),
    any("Next"),
    path("ResultPath"),
    any("Assign"),
    jsonata("Output"),
];

/// What an element of `Choices` has beside its comparison.
pub(crate) const RULE: &[Field] = &[
    any("Comment"),
    any("Next"),
    any("Assign"),
    jsonata("Output"),
    jsonata("Condition"),
    path("Variable"),
    path("And"),
    path("Or"),
    path("Not"),
];

/// What a rule inside `And`, `Or` or `Not` has beside its comparison.
pub(crate) const INNER_RULE: &[Field] = &[any("Comment"), path("Variable"), path("And"), path("Or"), path("Not")];

/// `ItemReader`.
pub(crate) const ITEM_READER: &[Field] = &[
    any("Resource"),
    any("ReaderConfig"),
    path("Parameters"),
    jsonata("Arguments"),
];

/// `ReaderConfig` of `ItemReader`.
pub(crate) const READER_CONFIG: &[Field] = &[
    any("InputType"),
    any("Transformation"),
    any("ManifestType"),
    any("CSVHeaderLocation"),
    any("CSVHeaders"),
    any("CSVDelimiter"),
    any("ItemsPointer"),
    any("MaxItems"),
    path("MaxItemsPath"),
    any("ExpectedBucketOwner"),
];

/// `ItemBatcher`.
pub(crate) const ITEM_BATCHER: &[Field] = &[
    any("BatchInput"),
    any("MaxItemsPerBatch"),
    path("MaxItemsPerBatchPath"),
    any("MaxInputBytesPerBatch"),
    path("MaxInputBytesPerBatchPath"),
];

/// `ResultWriter`.
pub(crate) const RESULT_WRITER: &[Field] = &[
    any("Resource"),
    any("WriterConfig"),
    path("Parameters"),
    jsonata("Arguments"),
];

/// `WriterConfig` of `ResultWriter`.
pub(crate) const WRITER_CONFIG: &[Field] = &[any("Transformation"), any("OutputType")];

/// The fields that states of this type have.
pub(crate) fn of_state(kind: StateType) -> impl Iterator<Item = Field> {
    STATE
        .iter()
        .filter(move |entry| entry.types.contains(&kind))
        .map(|entry| entry.field)
}

/// The types whose states have this field; empty when no state has it.
pub(crate) fn types_with(name: &str) -> &'static [StateType] {
    STATE
        .iter()
        .find(|entry| entry.field.name == name)
        .map_or(&[], |entry| entry.types)
}
