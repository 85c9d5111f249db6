//! The `Map` state.

use serde_json::Value;

use super::fields::Fields;
use super::states;
use crate::{ExecutionType, ItemProcessor, Map, ProcessorConfig, ProcessorMode, QueryLanguage};

/// The languages are the machine's, which the states inside follow, and the state's own.
pub(super) fn map(fields: &mut Fields, map: &Map, machine: QueryLanguage, own: QueryLanguage) {
    fields.some("Label", map.label.as_ref());
    fields.some("ItemReader", map.item_reader.as_ref());
    fields.some("Items", map.items.as_ref());
    fields.some("ItemsPath", map.items_path.as_ref());
    fields.some(map.selector_name(own), map.item_selector.as_ref());
    fields.some("ItemBatcher", map.item_batcher.as_ref());
    fields.number("MaxConcurrency", map.max_concurrency.as_ref());
    fields.number("ToleratedFailureCount", map.tolerated_failure_count.as_ref());
    fields.number("ToleratedFailurePercentage", map.tolerated_failure_percentage.as_ref());
    fields.put(map.item_processor.name(), processor(&map.item_processor, machine));
    fields.some("ResultWriter", map.result_writer.as_ref());
    fields.some("ResultSelector", map.result_selector.as_ref());
    fields.path("ResultPath", map.result_path.as_ref());
}

fn processor(processor: &ItemProcessor, machine: QueryLanguage) -> Value {
    let mut fields = Fields::default();
    if let Some(config) = &processor.processor_config {
        fields.put("ProcessorConfig", self::config(config));
    }
    fields.extend(states::states(&processor.states, machine));
    fields.finish()
}

fn config(config: &ProcessorConfig) -> Value {
    let mut fields = Fields::default();
    match config.mode {
        Some(ProcessorMode::Inline) => fields.put("Mode", "INLINE"),
        Some(ProcessorMode::Distributed) => fields.put("Mode", "DISTRIBUTED"),
        None => {}
    }
    match config.execution_type {
        Some(ExecutionType::Standard) => fields.put("ExecutionType", "STANDARD"),
        Some(ExecutionType::Express) => fields.put("ExecutionType", "EXPRESS"),
        None => {}
    }
    fields.finish()
}
