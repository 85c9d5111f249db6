//! The fields of JSONPath, compiled.

use asl::{Kind as Rule, PathOrNull, Pointer, StateKind};
use serde_json::Value;

use crate::compile::{Compiled, Compiler};
use crate::data_flow::Query;
use crate::jsonpath::{Path, Payload, ResultPath};
use crate::machine::{Paths, Select};

impl Compiler {
    /// A payload template, or a finding at the place inside of it.
    pub(crate) fn payload(&mut self, payload: Result<Payload, (String, String)>, at: &Pointer) -> Compiled<Query> {
        payload.map(Query::from).or_else(|(inside, what)| {
            let at = inside.split('/').skip(1).fold(at.clone(), |at, step| at.inner(step));
            self.report(Rule::NotSupported, &at, what)
        })
    }

    /// What the definition says well, but nobody here can evaluate, is a finding.
    pub(crate) fn supported<T>(&mut self, compiled: Result<T, String>, at: &Pointer) -> Compiled<T> {
        compiled.or_else(|what| self.report(Rule::NotSupported, at, what))
    }

    /// The twin field whose name ends in `Path`.
    pub(crate) fn path(&mut self, path: &str, field: &str, at: &Pointer) -> Compiled<Query> {
        let field = format!("{field}Path");
        self.payload(Payload::computed(path, &field), &at.key(&field))
    }

    /// What a state hands to the work that it does: `Arguments`, or `Parameters` in JSONPath.
    pub(crate) fn arguments(
        &mut self,
        arguments: Option<&Value>,
        parameters: Option<&Value>,
        at: &Pointer,
    ) -> Compiled<Option<Query>> {
        let (value, field) = match parameters {
            Some(parameters) => (Some(parameters), "Parameters"),
            None => (arguments, "Arguments"),
        };
        self.optional(value, field, &at.key(field))
    }

    /// What a `Pass` gives: `Result` as it is, or what its `Parameters` make.
    pub(crate) fn pass(&mut self, pass: &asl::Pass, at: &Pointer) -> Compiled<Option<Query>> {
        match &pass.result {
            Some(result) => Ok(Some(Payload::literal(result.clone(), "Result").into())),
            None => self.arguments(None, pass.parameters.as_ref(), at),
        }
    }

    /// `InputPath` or `OutputPath`; `None` for all.
    pub(crate) fn select(&mut self, path: Option<&PathOrNull>, field: &str, at: &Pointer) -> Compiled<Option<Select>> {
        match path {
            None => Ok(None),
            Some(PathOrNull::Null) => Ok(Some(Select::Nothing)),
            Some(PathOrNull::Path(text)) => {
                let path = self.supported(Path::compile(text), &at.key(field))?;
                Ok(if path.is_data() { None } else { Some(Select::Path(path)) })
            }
        }
    }

    /// How the output of a state in JSONPath comes about, if it is not what comes anyway.
    pub(crate) fn paths(&mut self, state: &asl::State, at: &Pointer) -> Compiled<Option<Paths>> {
        if self.speaks_jsonata() {
            return Ok(None);
        }
        let (selector, result_path) = match &state.kind {
            StateKind::Task(task) => (&task.result_selector, &task.result_path),
            StateKind::Map(map) => (&map.result_selector, &map.result_path),
            StateKind::Parallel(parallel) => (&parallel.result_selector, &parallel.result_path),
            StateKind::Pass(pass) => (&None, &pass.result_path),
            _ => (&None, &None),
        };
        let selector = self.optional(selector.as_ref(), "ResultSelector", &at.key("ResultSelector"));
        let result_path = self.supported(ResultPath::compile(result_path.as_ref()), &at.key("ResultPath"));
        let output_path = self.select(state.output_path.as_ref(), "OutputPath", at);
        let paths = Paths {
            selector: selector?,
            result_path: result_path?,
            output_path: output_path?,
        };
        Ok((state.input_path.is_some() || !paths.change_nothing()).then_some(paths))
    }

    /// Where a catcher puts the error.
    pub(crate) fn catcher_paths(&mut self, catcher: &asl::Catcher, at: &Pointer) -> Compiled<Option<Paths>> {
        let result_path = ResultPath::compile(catcher.result_path.as_ref());
        let paths = Paths {
            selector: None,
            result_path: self.supported(result_path, &at.key("ResultPath"))?,
            output_path: None,
        };
        Ok((!paths.change_nothing()).then_some(paths))
    }
}

impl Paths {
    fn change_nothing(&self) -> bool {
        self.selector.is_none() && self.output_path.is_none() && matches!(self.result_path, ResultPath::Replace)
    }
}
