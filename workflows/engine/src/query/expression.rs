//! One expression, parsed once.

use std::collections::BTreeMap;
use std::rc::Rc;

use jsonata_core::ast::{AstNode, BinaryOp};
use jsonata_core::evaluator::{Context, Evaluator, EvaluatorOptions};
use jsonata_core::parser::{self, ParserError};
use jsonata_core::value::JValue;
use serde_json::Value;

use super::bounds::{self, Budget};
use super::children::any;
use super::convert::{from_evaluator, to_evaluator};
use super::diagnosis::Diagnosis;
use super::host::{Ambient, HostFunction};
use super::path::{Found, Path};
use super::references::{self, Need};
use super::{Problem, Scope, growth, messages};

/// A parsed expression. It is plain data, so threads may share it.
#[derive(Debug)]
pub(super) struct Expression {
    source: String,
    ast: AstNode,
    path: Option<Path>,
    needs: BTreeMap<String, Need>,
    functions: Vec<HostFunction>,
    /// Whether the tree calls the measures of [`growth`].
    measured: bool,
}

/// Why an expression does not parse.
#[derive(Debug)]
pub(super) struct SyntaxError {
    pub(super) code: Option<String>,
    pub(super) message: String,
}

impl Expression {
    /// Parses an expression, without its delimiters.
    pub(super) fn compile(source: &str) -> Result<Self, SyntaxError> {
        let ast = parser::parse(source).map_err(|error| SyntaxError::from(&error))?;
        refuse_newer_operators(&ast)?;
        let (path, needs) = (Path::of(&ast), references::variables(&ast));
        let functions = HostFunction::used_by(&ast);
        let (ast, measured) = growth::measured(ast);
        Ok(Self {
            source: source.to_owned(),
            ast,
            path,
            needs,
            functions,
            measured,
        })
    }

    /// The text.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// The value, or `None` if it is undefined.
    pub(super) fn evaluate(&self, scope: &Scope<'_>) -> Result<Option<Value>, Problem> {
        match self.path.as_ref().map_or(Found::Array, |path| path.find(scope)) {
            Found::Value(value) => Ok(Some(value)),
            Found::Nothing => Ok(None),
            Found::Array => self.evaluate_over(&JValue::Undefined, scope, bounds::options()),
        }
    }

    /// Evaluates with `data` as the context item, which Step Functions leaves undefined.
    pub(super) fn evaluate_over(
        &self,
        data: &JValue,
        scope: &Scope<'_>,
        options: EvaluatorOptions,
    ) -> Result<Option<Value>, Problem> {
        let ambient = Rc::new(Ambient::new(scope));
        let result = self.evaluator(scope, options, &ambient).evaluate(&self.ast, data);
        match result {
            Ok(value) => {
                scope.random.set_state(ambient.random.state());
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

impl From<&ParserError> for SyntaxError {
    fn from(error: &ParserError) -> Self {
        let text = match error {
            ParserError::InvalidSyntax(text) => text.clone(),
            ParserError::UnclosedComment => "S0106: Comment has no closing tag".to_owned(),
            other => other.to_string(),
        };
        match messages::split_code(&text) {
            Some((code, message)) => Self {
                code: Some(code.to_owned()),
                message: message.to_owned(),
            },
            None => Self {
                code: None,
                message: text,
            },
        }
    }
}

/// `??` and `?:` came with JSONata 2.1; Step Functions has 2.0.6.
fn refuse_newer_operators(ast: &AstNode) -> Result<(), SyntaxError> {
    for (op, symbol) in [(BinaryOp::Coalesce, "?"), (BinaryOp::Default, ":")] {
        if any(
            ast,
            &|node| matches!(node, AstNode::Binary { op: found, .. } if *found == op),
        ) {
            let message = format!("The symbol \"{symbol}\" cannot be used as a unary operator");
            return Err(SyntaxError {
                code: Some("S0211".to_owned()),
                message,
            });
        }
    }
    Ok(())
}
