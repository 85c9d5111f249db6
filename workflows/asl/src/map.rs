//! The `Map` state.

use serde_json::Value;

use crate::{Catcher, Number, PathOrNull, QueryLanguage, Retrier, States};

/// Runs its processor once for each item.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// `ItemProcessor`, or `Iterator` as it was called before.
    pub item_processor: ItemProcessor,
    /// `Items` (JSONata only): an array or an expression that gives one.
    pub items: Option<Value>,
    /// `ItemsPath` (JSONPath only).
    pub items_path: Option<String>,
    /// `ItemSelector`, or `Parameters` as it was called before.
    pub item_selector: Option<Value>,
    /// `ItemReader` (distributed only).
    pub item_reader: Option<Value>,
    /// `ItemBatcher` (distributed only).
    pub item_batcher: Option<Value>,
    /// `ResultWriter` (distributed only).
    pub result_writer: Option<Value>,
    /// `MaxConcurrency` or `MaxConcurrencyPath`; 0, the default, is no limit of its own.
    pub max_concurrency: Option<Number>,
    /// `ToleratedFailureCount` or its path (distributed only).
    pub tolerated_failure_count: Option<Number>,
    /// `ToleratedFailurePercentage` or its path (distributed only).
    pub tolerated_failure_percentage: Option<Number>,
    /// `Label` (distributed only).
    pub label: Option<String>,
    /// `ResultSelector` (JSONPath only).
    pub result_selector: Option<Value>,
    /// `ResultPath` (JSONPath only).
    pub result_path: Option<PathOrNull>,
    /// What is retried.
    pub retry: Vec<Retrier>,
    /// What is caught.
    pub catch: Vec<Catcher>,
}

impl Map {
    /// The field that `item_selector` stands in. JSONata never had the older name.
    pub(crate) fn selector_name(&self, language: QueryLanguage) -> &'static str {
        let older = self.item_processor.legacy && language == QueryLanguage::JSONPath;
        if older { "Parameters" } else { "ItemSelector" }
    }
}

/// What a `Map` runs for each item.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemProcessor {
    /// `ProcessorConfig`; inline when absent.
    pub processor_config: Option<ProcessorConfig>,
    /// Its states.
    pub states: States,
    /// Whether the definition calls it `Iterator` (and `ItemSelector` `Parameters`), the older names.
    pub legacy: bool,
}

impl ItemProcessor {
    /// The field it stands in: `ItemProcessor` or `Iterator`.
    pub fn name(&self) -> &'static str {
        if self.legacy { "Iterator" } else { "ItemProcessor" }
    }
}

/// `ProcessorConfig`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessorConfig {
    /// `Mode`; inline when absent.
    pub mode: Option<ProcessorMode>,
    /// `ExecutionType` of the child executions (distributed only).
    pub execution_type: Option<ExecutionType>,
}

/// Where iterations run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessorMode {
    /// In the execution itself.
    Inline,
    /// As child executions.
    Distributed,
}

/// The type of a state machine or of child executions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecutionType {
    /// Long-running, exactly once, with a history.
    Standard,
    /// Short, at least once.
    Express,
}
