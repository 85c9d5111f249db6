//! From a definition to a machine: names become ids, expressions are parsed.

use asl::{Finding, Kind as Rule, Pointer, QueryLanguage};
use serde_json::Value;

use crate::catch::Catcher;
use crate::data_flow::Query;
use crate::jsonpath::Payload;
use crate::machine::{Kind, Machine, Next, Output, Paths, Shape, State, StateId};
use crate::query::FindingKind;
use crate::retry::Retrier;

/// Resolves names to ids and parses every expression once.
///
/// What the engine does not support yet is a finding at its state, never a wrong run. All findings are returned, not only
/// the first; their places are unknown here, since a definition does not carry its text. What [`asl::parse`] refuses is not
/// looked for again.
pub fn compile(definition: &asl::StateMachine) -> Result<Machine, Vec<Finding>> {
    let language = definition.query_language.unwrap_or_default();
    let mut compiler = Compiler {
        states: Vec::new(),
        findings: Vec::new(),
        language,
        speaks: language,
    };
    let start = compiler.states(&definition.states, &Pointer::root());
    let states: Option<Vec<State>> = compiler.states.into_iter().collect();
    match (start, states) {
        (Ok(start), Some(states)) if compiler.findings.is_empty() => Ok(Machine {
            states,
            start,
            timeout_seconds: definition.timeout_seconds,
        }),
        _ => Err(compiler.findings),
    }
}

/// What does not compile: its finding is reported already.
#[derive(Debug)]
pub(crate) struct Broken;

/// A part of the machine, or that it does not compile.
pub(crate) type Compiled<T> = Result<T, Broken>;

/// The machine while it is made. A state that cannot be compiled leaves a finding and a gap.
pub(crate) struct Compiler {
    states: Vec<Option<State>>,
    findings: Vec<Finding>,
    language: QueryLanguage,
    /// The language of the state that is being compiled.
    speaks: QueryLanguage,
}

/// The names of one set of states: transitions stay within it.
pub(crate) struct Names<'d> {
    states: &'d asl::States,
    first: u32,
}

impl Compiler {
    /// Compiles a set of states; gives where it starts.
    pub(crate) fn states(&mut self, set: &asl::States, at: &Pointer) -> Compiled<StateId> {
        let first = u32::try_from(self.states.len()).expect("no definition has four billion states");
        self.states.extend(set.states.iter().map(|_| None));
        let names = Names { states: set, first };
        for (index, (name, state)) in set.states.iter().enumerate() {
            let compiled = self.state(name, state, &names, &at.key("States").key(name));
            self.states[first as usize + index] = compiled.ok();
        }
        self.target(&set.start_at, &names, &at.key("StartAt"))
    }

    fn state(&mut self, name: &str, state: &asl::State, names: &Names<'_>, at: &Pointer) -> Compiled<State> {
        let outer = self.speaks;
        self.speaks = state.query_language.unwrap_or(self.language);
        let compiled = self.state_in_language(name, state, names, at);
        self.speaks = outer;
        compiled
    }

    fn state_in_language(
        &mut self,
        name: &str,
        state: &asl::State,
        names: &Names<'_>,
        at: &Pointer,
    ) -> Compiled<State> {
        let kind = self.kind(state, names, at);
        let input_path = self.select(state.input_path.as_ref(), "InputPath", at);
        let paths = self.paths(state, at);
        let shape = paths.and_then(|paths| self.shape(state.assign.as_ref(), state.output.as_ref(), paths, "", at));
        let next = self.next(state, names, at);
        let (retry, catch) = (state.kind.retry(), state.kind.catch());
        let catch: Vec<_> = (0..)
            .zip(catch)
            .map(|(index, catcher)| self.catcher(catcher, index, names, at))
            .collect();
        Ok(State {
            name: name.into(),
            kind: kind?,
            input_path: input_path?,
            shape: shape?,
            next: next?,
            retry: retry.iter().map(Retrier::compile).collect(),
            catch: catch.into_iter().collect::<Compiled<_>>()?,
        })
    }

    fn kind(&mut self, state: &asl::State, names: &Names<'_>, at: &Pointer) -> Compiled<Kind> {
        match &state.kind {
            asl::StateKind::Task(task) => self.task(task, at).map(|task| Kind::Task(Box::new(task))),
            asl::StateKind::Pass(pass) => self.pass(pass, at).map(Kind::Pass),
            asl::StateKind::Choice(choice) => self.choice(choice, names, at).map(Kind::Choice),
            asl::StateKind::Wait(wait) => self.wait(wait, at).map(Kind::Wait),
            asl::StateKind::Succeed => Ok(Kind::Succeed),
            asl::StateKind::Fail(fail) => self.fail(fail, at).map(Kind::Fail),
            asl::StateKind::Parallel(parallel) => self.parallel(parallel, at).map(Kind::Parallel),
            asl::StateKind::Map(map) => self.map(map, at).map(|map| Kind::Map(Box::new(map))),
        }
    }

    fn next(&mut self, state: &asl::State, names: &Names<'_>, at: &Pointer) -> Compiled<Next> {
        match &state.transition {
            Some(asl::Transition::Next(name)) => self.target(name, names, &at.key("Next")).map(Next::State),
            Some(asl::Transition::End) | None => Ok(Next::End),
        }
    }

    /// The id of a state, which must be in the same set.
    pub(crate) fn target(&mut self, name: &str, names: &Names<'_>, at: &Pointer) -> Compiled<StateId> {
        let index = names
            .states
            .states
            .get_index_of(name)
            .and_then(|index| u32::try_from(index).ok());
        match index {
            Some(index) => Ok(StateId(names.first + index)),
            None => self.report(Rule::MissingTarget, at, format!("Missing 'Next' target: {name}")),
        }
    }

    fn catcher(&mut self, catcher: &asl::Catcher, index: usize, names: &Names<'_>, at: &Pointer) -> Compiled<Catcher> {
        let at = at.key("Catch").index(index);
        let next = self.target(&catcher.next, names, &at.key("Next"));
        let prefix = format!("Catch[{index}]/");
        let paths = self.catcher_paths(catcher, &at);
        let shape =
            paths.and_then(|paths| self.shape(catcher.assign.as_ref(), catcher.output.as_ref(), paths, &prefix, &at));
        let error_equals = catcher.error_equals.iter().map(|name| name.as_str().into()).collect();
        Ok(Catcher {
            error_equals,
            shape: shape?,
            next: next?,
        })
    }

    /// `Assign` and `Output`; `prefix` leads from the state to the object that they stand in.
    pub(crate) fn shape(
        &mut self,
        assign: Option<&Value>,
        output: Option<&Value>,
        paths: Option<Paths>,
        prefix: &str,
        at: &Pointer,
    ) -> Compiled<Shape> {
        let assign = self.optional(assign, &format!("{prefix}Assign"), &at.key("Assign"));
        let output = self.optional(output, &format!("{prefix}Output"), &at.key("Output"));
        Ok(Shape {
            assign: assign?,
            output: match (output?, paths) {
                (Some(query), _) => Output::Query(query),
                (None, Some(paths)) => Output::Paths(Box::new(paths)),
                (None, None) => Output::Same,
            },
        })
    }

    /// A field that may be absent. `None` is a field that does not compile.
    pub(crate) fn optional(&mut self, value: Option<&Value>, location: &str, at: &Pointer) -> Compiled<Option<Query>> {
        match value {
            Some(value) => self.query(value, location, at).map(Some),
            None => Ok(None),
        }
    }

    /// A field that computes, in the language of its state.
    pub(crate) fn query(&mut self, value: &Value, location: &str, at: &Pointer) -> Compiled<Query> {
        if !self.speaks_jsonata() {
            return self.payload(Payload::template(value, location), at);
        }
        match Query::compile(value, location) {
            Ok(query) => Ok(query),
            Err(error) => {
                let at = error
                    .pointer
                    .split('/')
                    .skip(1)
                    .fold(at.clone(), |at, step| at.inner(step));
                let rule = match error.kind {
                    FindingKind::Invalid => Rule::JsonataSyntax,
                    FindingKind::Unsupported => Rule::JsonataUnsupported,
                };
                self.report(
                    rule,
                    &at,
                    format!("The JSONata expression '{}': {}", error.expression, error.message),
                )
            }
        }
    }

    /// A number, literal or computed.
    pub(crate) fn number(
        &mut self,
        number: Option<&asl::Number>,
        field: &str,
        at: &Pointer,
    ) -> Compiled<Option<Query>> {
        let value = match number {
            None => return Ok(None),
            Some(asl::Number::Literal(number)) => Value::Number(number.clone()),
            Some(asl::Number::Jsonata(text)) => Value::String(text.clone()),
            Some(asl::Number::Path(path)) => return self.path(path, field, at).map(Some),
        };
        self.query(&value, field, &at.key(field)).map(Some)
    }

    /// A text, literal or computed.
    pub(crate) fn text(&mut self, text: Option<&asl::Text>, field: &str, at: &Pointer) -> Compiled<Option<Query>> {
        let value = match text {
            None => return Ok(None),
            Some(asl::Text::Literal(text) | asl::Text::Jsonata(text)) => Value::String(text.clone()),
            Some(asl::Text::Path(path)) => return self.path(path, field, at).map(Some),
        };
        self.query(&value, field, &at.key(field)).map(Some)
    }

    pub(crate) fn speaks_jsonata(&self) -> bool {
        self.speaks == QueryLanguage::JSONata
    }

    pub(crate) fn unsupported<T>(&mut self, at: &Pointer, message: &str) -> Compiled<T> {
        self.report(Rule::NotSupported, at, message.to_owned())
    }

    pub(crate) fn report<T>(&mut self, kind: Rule, at: &Pointer, message: String) -> Compiled<T> {
        let location = Some(at.location());
        self.findings.push(Finding {
            kind,
            message,
            help: None,
            pointer: at.clone(),
            location,
            place: None,
        });
        Err(Broken)
    }
}
