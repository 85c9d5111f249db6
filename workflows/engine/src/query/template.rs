//! JSON with expressions in its strings.

use serde_json::{Map, Value};

use super::expression::Expression;
use super::syntax::SyntaxError;
use super::{Problem, QueryError, Scope, SyntaxFinding};

/// A JSON value whose strings of the form `{% … %}` are JSONata expressions, at any depth.
///
/// Every other string is a literal, also one with a space before `{%` or with text around the delimiters. Object keys are
/// literals always.
#[derive(Debug)]
pub struct Template {
    location: String,
    root: Node,
}

#[derive(Debug)]
enum Node {
    Literal(Value),
    Expression(Box<Field>),
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
}

/// An expression and its place.
#[derive(Debug)]
struct Field {
    location: String,
    expression: Expression,
}

impl Template {
    /// Compiles a template. `location` is the field that holds it, relative to its state, as AWS names it: `Output`,
    /// `Assign`, `Choices[0]/Condition`, `Catch[1]/Output`. Object keys extend it with `/key`, array items with `[i]`.
    ///
    /// The first expression that does not parse is the finding.
    pub fn compile(value: &Value, location: &str) -> Result<Self, SyntaxFinding> {
        let place = Place {
            location: location.to_owned(),
            pointer: String::new(),
        };
        Ok(Self {
            location: location.to_owned(),
            root: Node::compile(value, &place)?,
        })
    }

    /// The value of a template without expressions: it is the same in every scope.
    pub fn literal(&self) -> Option<&Value> {
        match &self.root {
            Node::Literal(value) => Some(value),
            _ => None,
        }
    }

    /// The field that holds the template.
    pub fn location(&self) -> &str {
        &self.location
    }

    /// Whether any expression may read a field of `$states`: `input`, `result`, `errorOutput` or `context`.
    pub fn reads_states(&self, field: &str) -> bool {
        self.root.reads_states(field)
    }

    /// Evaluates every expression, in the order in which they are written.
    pub fn evaluate(&self, scope: &Scope<'_>) -> Result<Value, QueryError> {
        self.root.evaluate(scope)
    }

    /// The template's expression, when the whole template is one.
    pub(super) fn expression(&self) -> &str {
        match &self.root {
            Node::Expression(field) => field.expression.source(),
            _ => "",
        }
    }
}

/// The place of a node while compiling.
struct Place {
    location: String,
    pointer: String,
}

impl Place {
    fn key(&self, key: &str) -> Self {
        let escaped = key.replace('~', "~0").replace('/', "~1");
        Self {
            location: format!("{}/{key}", self.location),
            pointer: format!("{}/{escaped}", self.pointer),
        }
    }

    fn item(&self, index: usize) -> Self {
        Self {
            location: format!("{}[{index}]", self.location),
            pointer: format!("{}/{index}", self.pointer),
        }
    }

    fn finding(&self, expression: &str, error: SyntaxError) -> SyntaxFinding {
        SyntaxFinding {
            pointer: self.pointer.clone(),
            location: self.location.clone(),
            expression: expression.to_owned(),
            kind: error.kind,
            code: error.code,
            message: error.message,
        }
    }
}

impl Node {
    fn compile(value: &Value, place: &Place) -> Result<Self, SyntaxFinding> {
        let node = match value {
            Value::String(text) => return Self::compile_string(text, place),
            Value::Object(object) => {
                let compile =
                    |(key, value): (&String, &Value)| Ok((key.clone(), Self::compile(value, &place.key(key))?));
                Self::Object(object.iter().map(compile).collect::<Result<_, _>>()?)
            }
            Value::Array(items) => {
                let compile = |(index, value)| Self::compile(value, &place.item(index));
                Self::Array(items.iter().enumerate().map(compile).collect::<Result<_, _>>()?)
            }
            other => Self::Literal(other.clone()),
        };
        Ok(if node.has_expressions() {
            node
        } else {
            Self::Literal(value.clone())
        })
    }

    fn compile_string(text: &str, place: &Place) -> Result<Self, SyntaxFinding> {
        let Some(source) = delimited(text) else {
            return Ok(Self::Literal(Value::String(text.to_owned())));
        };
        let expression = Expression::compile(source).map_err(|error| place.finding(source, error))?;
        Ok(Self::Expression(Box::new(Field {
            location: place.location.clone(),
            expression,
        })))
    }

    /// Whether any child is not a literal. Children are compiled before their parent, so one level is enough.
    fn has_expressions(&self) -> bool {
        match self {
            Self::Literal(_) => false,
            Self::Expression(_) => true,
            Self::Object(fields) => fields.iter().any(|(_, node)| !matches!(node, Self::Literal(_))),
            Self::Array(items) => items.iter().any(|node| !matches!(node, Self::Literal(_))),
        }
    }

    fn reads_states(&self, name: &str) -> bool {
        match self {
            Self::Literal(_) => false,
            Self::Expression(field) => field.expression.reads_states(name),
            Self::Object(fields) => fields.iter().any(|(_, node)| node.reads_states(name)),
            Self::Array(items) => items.iter().any(|node| node.reads_states(name)),
        }
    }

    fn evaluate(&self, scope: &Scope<'_>) -> Result<Value, QueryError> {
        match self {
            Self::Literal(value) => Ok(value.clone()),
            Self::Expression(field) => field.evaluate(scope),
            Self::Array(items) => items.iter().map(|node| node.evaluate(scope)).collect(),
            Self::Object(fields) => {
                let mut object = Map::with_capacity(fields.len());
                for (key, node) in fields {
                    object.insert(key.clone(), node.evaluate(scope)?);
                }
                Ok(Value::Object(object))
            }
        }
    }
}

impl Field {
    fn evaluate(&self, scope: &Scope<'_>) -> Result<Value, QueryError> {
        match self.expression.evaluate(scope) {
            Ok(Some(value)) => Ok(value),
            Ok(None) => Err(self.error(Problem::Undefined)),
            Err(problem) => Err(self.error(problem)),
        }
    }

    fn error(&self, problem: Problem) -> QueryError {
        let expression = self.expression.source().to_owned();
        QueryError {
            location: self.location.clone(),
            expression,
            problem,
        }
    }
}

/// The expression between the delimiters. Spaces outside of them make the string a literal.
fn delimited(text: &str) -> Option<&str> {
    Some(text.strip_prefix("{%")?.strip_suffix("%}")?.trim())
}
