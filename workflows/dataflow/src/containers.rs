//! `Parallel` and `Map`: states with states inside, which see the variables around them.

use asl::{Map, Parallel, Pointer, ProcessorMode, QueryLanguage};

use crate::{
    analysis::{Place, Run, Ways},
    context::context,
    errors,
    flow::Flow,
    scope::Scope,
    shape::{List, Shape},
    states::Visit,
    template::{of_kind, template},
};

impl<'a> Run<'a> {
    pub(crate) fn parallel(&mut self, parallel: &'a Parallel, visit: &Visit<'a, '_>, scope: &Scope) -> Ways {
        let input = match &parallel.arguments {
            Some(arguments) => template(arguments, &visit.at.key("Arguments"), scope, &mut self.sink),
            None => visit.flow.input.clone(),
        };
        let result = self.branches(parallel, visit, &input);
        let mut ways = result.map_or_else(Ways::default, |result| self.through(visit, Some(result)));
        self.caught(&parallel.catch, None, visit, &mut ways);
        ways
    }

    /// The list of the branches' outputs; `None` when one of them can only fail.
    pub(crate) fn branches(&mut self, parallel: &'a Parallel, visit: &Visit<'a, '_>, input: &Shape) -> Option<Shape> {
        let mut outputs = Some(Vec::new());
        for (index, branch) in parallel.branches.iter().enumerate() {
            let place = visit.inside(visit.at.key("Branches").index(index), visit.place.item.clone());
            let entry = Flow {
                input: input.clone(),
                variables: visit.flow.variables.clone(),
            };
            let output = self.level(branch, &place, entry);
            outputs = outputs.zip(output).map(|(mut outputs, one)| {
                outputs.push(one);
                outputs
            });
        }
        outputs.map(|outputs| List::exactly(outputs).into())
    }

    pub(crate) fn map(&mut self, map: &'a Map, visit: &Visit<'a, '_>, scope: &Scope) -> Ways {
        let items = match &map.items {
            Some(items) => {
                let at = visit.at.key("Items");
                let shape = template(items, &at, scope, &mut self.sink);
                of_kind(
                    &shape,
                    &Shape::list(Shape::Any).join(Shape::object([]).opened()),
                    "Items",
                    &at,
                    &mut self.sink,
                );
                shape
            }
            None if map.item_reader.is_some() => Shape::Any,
            None => visit.flow.input.clone(),
        };
        if let Some(number) = &map.max_concurrency {
            self.number(number, "MaxConcurrency", &visit.at, scope);
        }
        let result = self.iterations(map, visit, &items);
        let mut ways = self.through(visit, Some(result.clone()));
        ways.call = Some((items, result));
        self.caught(&map.catch, None, visit, &mut ways);
        ways
    }

    /// The list of the iterations' outputs.
    pub(crate) fn iterations(&mut self, map: &'a Map, visit: &Visit<'a, '_>, items: &Shape) -> Shape {
        let list = items.known().and_then(|known| known.list.as_ref());
        let most = list.and_then(|list| list.most);
        let item = match items.known() {
            Some(known) if known.objects.is_empty() => items.item(),
            _ => Shape::Any,
        };
        let distributed = map
            .item_processor
            .processor_config
            .as_ref()
            .and_then(|config| config.mode)
            == Some(ProcessorMode::Distributed);
        let selected = match &map.item_selector {
            Some(selector) if self.machine.language_of(visit.state) == QueryLanguage::JSONata => {
                let context = context(&self.knowledge.input, false, Some(&item));
                let scope = visit.flow.scope(&context, &[]);
                template(selector, &visit.at.key("ItemSelector"), &scope, &mut self.sink)
            }
            Some(_) => Shape::Any,
            None if map.item_batcher.is_some() => Shape::Any,
            None => item.clone(),
        };
        let mut place = visit.inside(visit.at.key(map.item_processor.name()), Some(item));
        let mut entry = Flow {
            input: selected,
            variables: visit.flow.variables.clone(),
        };
        if distributed {
            // Its iterations are executions of their own.
            (place.outer, entry.variables) = Default::default();
        }
        let output = self.level(&map.item_processor.states, &place, entry);
        if map.result_writer.is_some() {
            return Shape::Any;
        }
        // What tolerates that iterations fail may give fewer than it was given.
        let least = list.filter(|_| !distributed).map_or(0, |list| list.least);
        List {
            least,
            most,
            ..List::of(output.unwrap_or_else(Shape::impossible))
        }
        .into()
    }
}

impl Visit<'_, '_> {
    fn inside(&self, pointer: Pointer, item: Option<Shape>) -> Place {
        let outer = self
            .flow
            .variables
            .keys()
            .cloned()
            .chain(self.place.outer.iter().cloned())
            .collect();
        Place {
            pointer,
            item,
            outer,
            is_caught: self.place.is_caught || errors::catches(self.state, errors::ALL),
        }
    }
}
