//! From the tree to the graph: written backwards, so that each step knows what follows it.

mod loops;

use std::rc::Rc;

use expr::{Node, Source};

use crate::{
    Finding,
    graph::{Caught, Edge, Gets, Graph, Kind, Nest, Rule, Task},
    passes,
    retriers::{retrier, retriers},
    tree::{self, Block, Call, End, Step, Unexpected},
};

use loops::Head;

/// The graph of a block that ends with an output, and the edge that leads into it.
pub(crate) fn lower(block: &Block, name: &str, gets: Gets, findings: &mut Vec<Finding>) -> (Graph, Edge) {
    let mut lowering = Lowering {
        graph: Graph::new(name, gets),
        loops: Vec::new(),
        findings,
    };
    let entry = lowering.block(block, &Follow::Output);
    (lowering.graph, entry)
}

/// What follows a block that ends with a value.
enum Follow {
    /// The value is the workflow's output.
    Output,
    /// The value is kept, if anybody named it, and the edge goes on.
    Edge { variable: Option<String>, next: Edge },
}

struct Lowering<'a> {
    graph: Graph,
    loops: Vec<Head>,
    findings: &'a mut Vec<Finding>,
}

impl Lowering<'_> {
    fn block(&mut self, block: &Block, follow: &Follow) -> Edge {
        let mut edge = self.end(&block.end, follow);
        for step in block.steps.iter().rev() {
            edge = self.step(step, edge);
        }
        edge
    }

    fn end(&mut self, end: &End, follow: &Follow) -> Edge {
        match (end, follow) {
            (End::Value(value), Follow::Output) => Edge::end(Rc::clone(value)),
            (
                End::Value(value),
                Follow::Edge {
                    variable: Some(name),
                    next,
                },
            ) => next.clone().assigning(name, Rc::clone(value)),
            (End::Value(_), Follow::Edge { variable: None, next }) => next.clone(),
            (End::Fail { label, error, cause }, _) => {
                let kind = Kind::Fail {
                    error: error.clone(),
                    cause: cause.clone(),
                };
                Edge::to(self.graph.add(label.clone(), kind))
            }
            (End::Succeed { label, output }, _) => {
                if self.graph.gets != Gets::Input {
                    let message = "a branch or an iteration cannot end the execution well: end it with a value";
                    self.findings.push(Finding::new(label.place, message));
                }
                let output = Rc::clone(output);
                Edge::to(self.graph.add(label.clone(), Kind::Succeed { output }))
            }
            (End::Again { of, carried, place }, _) => self.again(*of, carried, *place),
        }
    }

    fn step(&mut self, step: &Step, next: Edge) -> Edge {
        match step {
            Step::Keep { variable, value, .. } => next.assigning(variable, Rc::clone(value)),
            Step::Wait { label, until } => Edge::to(self.graph.add(
                label.clone(),
                Kind::Wait {
                    until: until.clone(),
                    next,
                },
            )),
            Step::Call(call) => self.call(call, next),
            Step::Choice {
                label,
                arms,
                otherwise,
                joined,
            } => {
                let follow = Follow::Edge {
                    variable: joined.clone(),
                    next,
                };
                let default = self.block(otherwise, &follow);
                let rules = arms
                    .iter()
                    .map(|(test, block)| Rule {
                        test: Rc::clone(test),
                        next: self.block(block, &follow),
                    })
                    .collect();
                Edge::to(self.graph.add(label.clone(), Kind::Choice { rules, default }))
            }
            Step::Loop(step) => self.repeat(step, next),
            Step::Nest(step) => self.nest(step, next),
        }
    }

    fn nest(&mut self, step: &tree::Nest, next: Edge) -> Edge {
        let follow = Follow::Edge {
            variable: Some(step.variable.clone()),
            next: next.clone(),
        };
        let (result, success) = match &step.success {
            Some((result, block)) => (result, self.block(block, &follow)),
            None => (&step.variable, next),
        };
        let success = success.assigning(result, Rc::new(Node::Source(Source::Result(&[]))));
        let bodies = step.bodies.iter().map(|body| {
            let gets = step.each.as_ref().map_or(Gets::Nothing, |each| Gets::Item {
                item: each.item.clone(),
                index: each.index.clone(),
                in_child: each.children.is_some(),
            });
            passes::graph(&body.block, &body.name, gets, body.place, self.findings)
        });
        let bodies = bodies.collect();
        let retry = step
            .failed
            .retry
            .map(|policy| retrier(vec!["States.ALL".to_owned()], policy));
        let kind = Kind::Nest(Box::new(Nest {
            bodies,
            each: step.each.clone(),
            retry: retry.into_iter().collect(),
            catch: self.unexpected(&step.failed, &follow).into_iter().collect(),
            next: success,
        }));
        Edge::to(self.graph.add(step.label.clone(), kind))
    }

    /// What catches the errors that nobody declared; nothing, if they fail the branch or iteration.
    fn unexpected(&mut self, unexpected: &Unexpected, follow: &Follow) -> Option<Caught> {
        let next = self.block(unexpected.block.as_deref()?, follow);
        Some(Caught {
            errors: vec!["States.ALL".to_owned()],
            next,
        })
    }

    fn call(&mut self, call: &Call, next: Edge) -> Edge {
        let follow = Follow::Edge {
            variable: Some(call.variable.clone()),
            next: next.clone(),
        };
        let success = call.success.as_ref().map_or(next, |block| self.block(block, &follow));
        let mut catch = Vec::new();
        for arm in &call.errors {
            let mut next = self.block(&arm.block, &follow);
            if let Some(payload) = &arm.payload {
                next = next.assigning(&payload.variable, Rc::clone(&payload.source));
            }
            catch.push(Caught {
                errors: vec![arm.name.to_owned()],
                next,
            });
        }
        catch.extend(self.unexpected(&call.unexpected, &follow));
        let task = Task {
            resource: call.resource.clone(),
            arguments: Rc::clone(&call.arguments),
            timeout: Rc::clone(&call.timeout),
            heartbeat_seconds: call.heartbeat_seconds,
            retry: retriers(call),
            catch,
            next: success.assigning(&call.variable, Rc::clone(&call.result)),
        };
        Edge::to(self.graph.add(call.label.clone(), Kind::Task(Box::new(task))))
    }
}
