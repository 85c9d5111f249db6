//! The `Map` state, inline.

use std::collections::BTreeMap;

use asl::Pointer;
use serde_json::{Value, json};

use crate::HistoryEventType;
use crate::children::all_results;
use crate::compile::{Compiled, Compiler};
use crate::context::item_of;
use crate::data::Data;
use crate::data_flow::{Fault, Query, Seen};
use crate::details::{Details, Members};
use crate::frame::{Doing, Frame, FrameId, Iterations};
use crate::jsonpath::{PathError, Payload};
use crate::machine::StateId;
use crate::run::Run;

/// A compiled `Map`.
#[derive(Debug)]
pub(crate) struct Map {
    /// `None` if the input is mapped over as it was written.
    pub(crate) items: Option<Query>,
    pub(crate) item_selector: Option<Query>,
    pub(crate) max_concurrency: Option<Query>,
    /// `ToleratedFailureCount` and `ToleratedFailurePercentage`: an inline map tolerates none, but they are evaluated.
    pub(crate) tolerated: Vec<Query>,
    pub(crate) start: StateId,
}

/// How many iterations run at once where nobody says it.
///
/// Source: Step Functions Developer Guide, "Using Map state in Inline mode": up to 40 concurrent iterations.
const INLINE_CONCURRENCY: u32 = 40;

impl Compiler {
    pub(crate) fn map(&mut self, map: &asl::Map, at: &Pointer) -> Compiled<Map> {
        if is_distributed(map) {
            return self.unsupported(at, "Distributed Map states are not supported yet");
        }
        let items = self.items(map, at);
        let item_selector = self.optional(map.item_selector.as_ref(), "ItemSelector", &at.key("ItemSelector"));
        let max_concurrency = self.number(map.max_concurrency.as_ref(), "MaxConcurrency", at);
        let count = self.number(map.tolerated_failure_count.as_ref(), "ToleratedFailureCount", at);
        let percentage = self.number(
            map.tolerated_failure_percentage.as_ref(),
            "ToleratedFailurePercentage",
            at,
        );
        let processor = if map.item_processor.legacy {
            "Iterator"
        } else {
            "ItemProcessor"
        };
        let start = self.states(&map.item_processor.states, &at.key(processor));
        Ok(Map {
            items: items?,
            item_selector: item_selector?,
            max_concurrency: max_concurrency?,
            tolerated: [count?, percentage?].into_iter().flatten().collect(),
            start: start?,
        })
    }
}

impl Compiler {
    /// JSONata says of an input that is no array what it says of every expression.
    fn items(&mut self, map: &asl::Map, at: &Pointer) -> Compiled<Option<Query>> {
        if self.speaks_jsonata() {
            let input = json!("{% $states.input %}");
            let items = map.items.as_ref().unwrap_or(&input);
            return self.query(items, "Items", &at.key("Items")).map(Some);
        }
        match map.items_path.as_deref() {
            None | Some("$") => Ok(None),
            Some(path) => {
                let at = at.key("ItemsPath");
                self.payload(Payload::computed(path, "ItemsPath"), &at).map(Some)
            }
        }
    }
}

impl Run<'_> {
    pub(crate) fn map(&mut self, frame: FrameId, map: &Map) {
        let (items, concurrency) = match self.map_arguments(frame, map) {
            Ok(arguments) => arguments,
            Err(fault) => return self.query_failed(frame, &fault),
        };
        self.follow_entered(frame);
        let length = items.value().as_array().map_or(0, Vec::len);
        let details = Members {
            length: Some(length),
            ..Members::default()
        };
        self.write_next(frame, HistoryEventType::MapStateStarted, details.into());
        self.execution.frame_mut(frame).doing = Doing::Iterating(Iterations {
            items,
            running: BTreeMap::new(),
            concurrency,
            next: 0,
            results: vec![None; length],
        });
        self.start_iterations(frame, map);
    }

    fn map_arguments(&self, frame: FrameId, map: &Map) -> Result<(Data, u32), Fault> {
        let input = self.effective_input(frame)?;
        let seen = Seen::data(&input);
        let items = match &map.items {
            None if input.value().is_array() => input.clone(),
            Some(query) => Data::from_value(Value::Array(self.array(frame, query, seen)?)),
            None => return Err(PathError::runtime("Reference path \"$\" must point to array.").into()),
        };
        for query in &map.tolerated {
            self.number(frame, query, seen)?;
        }
        let concurrency = match &map.max_concurrency {
            Some(query) => self.integer(frame, query, seen, (0, i64::from(u32::MAX)))?,
            None => 0,
        };
        let concurrency = u32::try_from(concurrency).unwrap_or(u32::MAX);
        Ok((
            items,
            if concurrency == 0 {
                INLINE_CONCURRENCY
            } else {
                concurrency
            },
        ))
    }

    /// Starts as many iterations as may run; the map succeeds when none is left.
    pub(crate) fn start_iterations(&mut self, frame: FrameId, map: &Map) {
        while let Some(index) = self.next_item(frame) {
            let input = match self.iteration_input(frame, map, index) {
                Ok(input) => input,
                Err(error) => {
                    let failure = self.failure_of(frame, &error);
                    self.abort_children(frame, None);
                    return self.handle(frame, failure);
                }
            };
            let details = self.iteration_details(frame, index);
            let previous = self.execution.frame(frame).previous;
            let started = self.write(previous, HistoryEventType::MapIterationStarted, details);
            let child = self.start_child(frame, index, map.start, started);
            self.execution.frame_mut(child).input = Some(input);
            if let Doing::Iterating(iterations) = &mut self.execution.frame_mut(frame).doing {
                iterations.running.insert(index, child);
                iterations.next = index + 1;
            }
        }
        self.finish_map(frame);
    }

    /// The next item, if there is one and room to run it.
    fn next_item(&self, frame: FrameId) -> Option<u32> {
        let Doing::Iterating(iterations) = &self.execution.frame(frame).doing else {
            return None;
        };
        let room = iterations.running.len() < iterations.concurrency as usize;
        (room && (iterations.next as usize) < iterations.results.len()).then_some(iterations.next)
    }

    fn iteration_input(&self, frame: FrameId, map: &Map, index: u32) -> Result<Data, Fault> {
        let Doing::Iterating(iterations) = &self.execution.frame(frame).doing else {
            return Ok(Data::from_value(Value::Null));
        };
        let item = item_of(&iterations.items, index);
        match &map.item_selector {
            Some(query) => {
                let input = self.effective_input(frame)?;
                let seen = Seen {
                    item: Some((index, item)),
                    ..Seen::data(&input)
                };
                self.evaluate_data(frame, query, seen)
            }
            None => Ok(Data::from_value(item.clone())),
        }
    }

    pub(crate) fn iteration_done(&mut self, frame: FrameId, map: &Map, done: &Frame, output: Data) {
        let details = self.iteration_details(frame, done.index);
        self.write(done.previous, HistoryEventType::MapIterationSucceeded, details);
        let Doing::Iterating(iterations) = &mut self.execution.frame_mut(frame).doing else {
            return;
        };
        iterations.running.remove(&done.index);
        if let Some(result) = iterations.results.get_mut(done.index as usize) {
            *result = Some(output);
        }
        self.start_iterations(frame, map);
    }

    fn finish_map(&mut self, frame: FrameId) {
        let Doing::Iterating(iterations) = &self.execution.frame(frame).doing else {
            return;
        };
        if !iterations.running.is_empty() {
            return;
        }
        let Some(result) = all_results(&iterations.results) else {
            return;
        };
        let previous = self.execution.frame(frame).previous;
        self.write(previous, HistoryEventType::MapStateSucceeded, Details::None);
        self.succeed(frame, Some(result));
    }
}

/// Whether the processor says so, or a field that only distributed maps have.
fn is_distributed(map: &asl::Map) -> bool {
    let config = map.item_processor.processor_config.as_ref();
    let mode = config.and_then(|config| config.mode);
    let fields = [&map.item_reader, &map.item_batcher, &map.result_writer];
    mode == Some(asl::ProcessorMode::Distributed) || fields.iter().any(|field| field.is_some())
}
