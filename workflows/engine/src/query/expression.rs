//! One expression, parsed once.

use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;

use jsonata_core::ast::AstNode;
use jsonata_core::evaluator::{Context, Evaluator, EvaluatorOptions};
use jsonata_core::parser;
use jsonata_core::value::JValue;
use serde_json::Value;

use super::bounds::{self, Budget};
use super::convert::{from_evaluator, normal, to_evaluator};
use super::diagnosis::Diagnosis;
use super::host::{Ambient, HostFunction};
use super::path::{Found, Path};
use super::references::{self, Need};
use super::scalars::Operation;
use super::syntax::{self, SyntaxError};
use super::{Problem, Scope, growth, messages};

/// What is said of an expression that the evaluator cannot bear.
const PANICKED: &str = "The expression cannot be evaluated: Check for numbers beyond all bounds";

/// A parsed expression. It is plain data, so threads may share it.
#[derive(Debug)]
pub(super) struct Expression {
    source: String,
    ast: AstNode,
    path: Option<Path>,
    operation: Option<Operation>,
    needs: BTreeMap<String, Need>,
    functions: Vec<HostFunction>,
    /// Whether the tree calls the measures of [`growth`].
    measured: bool,
}

impl Expression {
    /// Parses an expression, without its delimiters, and refuses what Step Functions refuses.
    pub(super) fn compile(source: &str) -> Result<Self, SyntaxError> {
        let expression = Self::parse(source)?;
        match syntax::refused(&expression.ast) {
            Some(error) => Err(error),
            None => Ok(expression),
        }
    }

    /// Parses an expression of JSONata.
    pub(super) fn parse(source: &str) -> Result<Self, SyntaxError> {
        let ast = parser::parse(source).map_err(|error| SyntaxError::from(&error))?;
        let (path, operation) = (Path::of(&ast), Operation::of(&ast));
        let needs = references::variables(&ast);
        let functions = HostFunction::used_by(&ast);
        let (ast, measured) = growth::measured(ast);
        Ok(Self {
            source: source.to_owned(),
            ast,
            path,
            operation,
            needs,
            functions,
            measured,
        })
    }

    /// Whether it may read a field of `$states`.
    pub(super) fn reads_states(&self, field: &str) -> bool {
        match self.needs.get("states") {
            None => false,
            Some(Need::All) => true,
            Some(Need::Fields(fields)) => fields.contains_key(field),
        }
    }

    /// The text.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// The value, or `None` if it is undefined.
    pub(super) fn evaluate(&self, scope: &Scope<'_>) -> Result<Option<Value>, Problem> {
        if let Some(value) = self.operation.as_ref().and_then(|operation| operation.evaluate(scope)) {
            return Ok(Some(value));
        }
        match self.path.as_ref().map_or(Found::Array, |path| path.find(scope)) {
            Found::Value(value) => Ok(Some(normal(value))),
            Found::Nothing => Ok(None),
            Found::Array => self.evaluate_over(&JValue::Undefined, scope, &bounds::options()),
        }
    }

    /// Evaluates with `data` as the context item, which Step Functions leaves undefined.
    pub(super) fn evaluate_over(
        &self,
        data: &JValue,
        scope: &Scope<'_>,
        options: &EvaluatorOptions,
    ) -> Result<Option<Value>, Problem> {
        let attempt = || {
            let ambient = Rc::new(Ambient::new(scope));
            // The evaluator is not ours. What makes it panic, such as a picture with a year of 64 digits, fails the expression
            // as any error does; what it leaves behind is dropped unseen.
            let evaluated = panic::catch_unwind(AssertUnwindSafe(|| {
                let mut evaluator = self.evaluator(scope, options.clone(), &ambient);
                evaluator.evaluate(&self.ast, data)
            }));
            let evaluated = evaluated.map_err(|_| Problem::Limit(PANICKED))?;
            Ok::<_, Problem>((evaluated, ambient))
        };
        let (mut result, mut ambient) = attempt()?;
        // The clock went on, but this thread may not have: a machine that slept or swapped is no endless loop. An endless
        // loop is one at the second attempt too.
        if result.as_ref().is_err_and(|error| bounds::is_time(error.message())) {
            (result, ambient) = attempt()?;
        }
        match result {
            Ok(value) => {
                scope.random.set_state(ambient.random.state());
                // A function is no JSON: the reference's own serialisation leaves it undefined.
                let value = if is_function(&value) { JValue::Undefined } else { value };
                Ok(from_evaluator(&value, &mut Budget::new())?)
            }
            Err(error) => Err(self.problem(error.message(), data, scope)),
        }
    }

    /// An evaluator that sees the scope.
    fn evaluator(&self, scope: &Scope<'_>, options: EvaluatorOptions, ambient: &Rc<Ambient>) -> Evaluator {
        let mut evaluator = Evaluator::with_options(self.context(scope), options);
        for function in &self.functions {
            function.register(&mut evaluator, ambient);
        }
        if self.measured {
            growth::register(&mut evaluator);
        }
        evaluator
    }

    fn problem(&self, text: &str, data: &JValue, scope: &Scope<'_>) -> Problem {
        let evaluate = |part: &AstNode| {
            let ambient = Rc::new(Ambient::new(scope));
            let mut evaluator = self.evaluator(scope, bounds::diagnosis(), &ambient);
            evaluator
                .evaluate(part, data)
                .map_err(|error| error.message().to_owned())
        };
        messages::problem(text, &Diagnosis::new(&self.ast, text, &evaluate))
    }

    /// The variables that the expression names.
    fn context(&self, scope: &Scope<'_>) -> Context {
        let mut context = Context::new();
        for (name, need) in &self.needs {
            if name == "states" {
                context.bind("states".to_owned(), states(scope, need));
            } else if let Some(value) = scope.variables.get(name) {
                context.bind(name.clone(), to_evaluator(value, need));
            }
        }
        context
    }
}

/// The needed part of `$states`.
fn states(scope: &Scope<'_>, need: &Need) -> JValue {
    let fields = ["input", "result", "errorOutput", "context"]
        .into_iter()
        .filter_map(|field| {
            let need = match need {
                Need::All => need,
                Need::Fields(fields) => fields.get(field)?,
            };
            Some((field.to_owned(), to_evaluator(scope.states(field)?, need)))
        });
    JValue::object(fields.collect())
}

fn is_function(value: &JValue) -> bool {
    value.is_function() || value.is_regex()
}
