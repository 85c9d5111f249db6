//! States with states inside.

use asl::{ItemProcessor, Map, Number, Parallel, ProcessorConfig, ProcessorMode, StateKind};
use serde_json::Value;

use super::{Emitter, states};
use crate::{
    graph::{Graph, Nest, WHOLE},
    tree::Each,
};

impl Emitter<'_> {
    pub(super) fn nest(&self, nest: &Nest) -> StateKind {
        let (retry, catch) = (nest.retry.clone(), self.catch(&nest.catch));
        match &nest.each {
            Some(each) => StateKind::Map(Box::new(Map {
                retry,
                catch,
                ..self.each(each, &nest.bodies[0])
            })),
            None => StateKind::Parallel(Box::new(Parallel {
                branches: nest.bodies.iter().map(states).collect(),
                retry,
                catch,
                ..Parallel::default()
            })),
        }
    }

    fn each(&self, each: &Each, body: &Graph) -> Map {
        let selected = body.given.iter().filter(|(_, path)| path != WHOLE);
        let selector = selected.map(|(name, _)| {
            let value = self.printer().template(&body.selected(name));
            (name.clone(), value)
        });
        let selector = selector.collect::<serde_json::Map<_, _>>();
        let mode = each
            .children
            .map_or(ProcessorMode::Inline, |_| ProcessorMode::Distributed);
        Map {
            item_processor: ItemProcessor {
                processor_config: Some(ProcessorConfig {
                    mode: Some(mode),
                    execution_type: each.children.map(|children| children.kind),
                }),
                states: states(body),
                legacy: false,
            },
            items: Some(self.printer().template(&each.items)),
            items_path: None,
            item_selector: (!selector.is_empty()).then_some(Value::Object(selector)),
            item_reader: None,
            item_batcher: None,
            result_writer: None,
            max_concurrency: each.max_concurrency.map(|most| Number::Literal(most.into())),
            tolerated_failure_count: None,
            tolerated_failure_percentage: each
                .children
                .and_then(|children| children.tolerated_percentage)
                .map(|most| Number::Literal(most.into())),
            label: None,
            result_selector: None,
            result_path: None,
            retry: Vec::new(),
            catch: Vec::new(),
        }
    }
}
