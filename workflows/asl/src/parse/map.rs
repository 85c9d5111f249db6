//! The `Map` state.

use serde_json::Value;

use super::fields::{self, Field};
use super::object::Object;
use super::{error_handling, states};
use crate::{ExecutionType, ItemProcessor, Map, ProcessorConfig, ProcessorMode, QueryLanguage};

/// A `Map`, with the older names `Iterator` and `Parameters` understood.
pub(super) fn map(object: &Object<'_>, machine: QueryLanguage) -> Option<Map> {
    object.exclusive(&["ItemProcessor", "Iterator"]);
    object.exclusive(&["ItemSelector", "Parameters"]);
    let item_processor = processor(object, machine);
    let (retry, catch) = (error_handling::retry(object), error_handling::catch(object));
    let map = Map {
        items: object.any("Items"),
        items_path: object.text("ItemsPath"),
        item_selector: object.structure("ItemSelector").or_else(|| object.any("Parameters")),
        item_reader: outside(
            object,
            "ItemReader",
            fields::ITEM_READER,
            Some(("ReaderConfig", fields::READER_CONFIG)),
        ),
        item_batcher: outside(object, "ItemBatcher", fields::ITEM_BATCHER, None),
        result_writer: outside(
            object,
            "ResultWriter",
            fields::RESULT_WRITER,
            Some(("WriterConfig", fields::WRITER_CONFIG)),
        ),
        max_concurrency: object.computed_number("MaxConcurrency"),
        tolerated_failure_count: object.computed_number("ToleratedFailureCount"),
        tolerated_failure_percentage: object.computed_number("ToleratedFailurePercentage"),
        label: object.text("Label"),
        result_selector: object.structure("ResultSelector"),
        result_path: object.path_or_null("ResultPath"),
        retry: retry?,
        catch: catch?,
        item_processor: item_processor?,
    };
    Some(map)
}

fn processor(object: &Object<'_>, machine: QueryLanguage) -> Option<ItemProcessor> {
    let legacy = !object.has("ItemProcessor") && object.has("Iterator");
    let name = if legacy { "Iterator" } else { "ItemProcessor" };
    if !object.require(&[name]) {
        return None;
    }
    let mut inner = object.object(name)?;
    inner.language = machine;
    inner.allow(fields::PROCESSOR);
    let processor_config = inner.object("ProcessorConfig").map(|config| config_of(&config));
    Some(ItemProcessor {
        processor_config,
        states: states::states(&inner)?,
        legacy,
    })
}

const MODES: &[(&str, ProcessorMode)] = &[
    ("INLINE", ProcessorMode::Inline),
    ("DISTRIBUTED", ProcessorMode::Distributed),
];
const TYPES: &[(&str, ExecutionType)] = &[
    ("STANDARD", ExecutionType::Standard),
    ("EXPRESS", ExecutionType::Express),
];

fn config_of(object: &Object<'_>) -> ProcessorConfig {
    object.allow(fields::PROCESSOR_CONFIG);
    ProcessorConfig {
        mode: object.one_of("Mode", MODES),
        execution_type: object.one_of("ExecutionType", TYPES),
    }
}

/// A field of the distributed mode: an object that the model keeps as JSON, checked against its table.
fn outside(object: &Object<'_>, name: &str, table: &[Field], config: Option<(&str, &[Field])>) -> Option<Value> {
    let value = object.structure(name)?;
    if object.get(name)?.as_object().is_some() {
        let inner = object.object(name)?;
        inner.allow(table);
        twins(&inner, table);
        if let Some((key, table)) = config
            && let Some(config) = inner.object(key)
        {
            config.allow(table);
            twins(&config, table);
            values(&config, key);
        }
    }
    Some(value)
}

/// The fields of `ReaderConfig` and `WriterConfig` that take one of a few values.
///
/// Source: AWS developer guide, `ItemReader` and `ResultWriter`.
const VALUES: &[(&str, &str, &[&str])] = &[
    (
        "ReaderConfig",
        "InputType",
        &["CSV", "JSON", "JSONL", "MANIFEST", "PARQUET"],
    ),
    ("ReaderConfig", "Transformation", &["NONE", "LOAD_AND_FLATTEN"]),
    ("ReaderConfig", "ManifestType", &["ATHENA_DATA", "S3_INVENTORY"]),
    ("ReaderConfig", "CSVHeaderLocation", &["FIRST_ROW", "GIVEN"]),
    (
        "ReaderConfig",
        "CSVDelimiter",
        &["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"],
    ),
    ("WriterConfig", "Transformation", &["NONE", "COMPACT", "FLATTEN"]),
    ("WriterConfig", "OutputType", &["JSON", "JSONL"]),
];

fn values(config: &Object<'_>, name: &str) {
    for (_, field, values) in VALUES.iter().filter(|(of, _, _)| *of == name) {
        let text = config.text(field);
        if text.is_some_and(|text| !values.contains(&text.as_str()) && !text.starts_with("${")) {
            config.sink.wrong_value(&config.pointer.key(field), field, values);
        }
    }
}

/// A field and its `…Path` twin exclude each other.
fn twins(object: &Object<'_>, table: &[Field]) {
    for field in table {
        if let Some(twin) = table
            .iter()
            .find(|twin| twin.name.strip_suffix("Path") == Some(field.name))
        {
            object.exclusive(&[field.name, twin.name]);
        }
    }
}
