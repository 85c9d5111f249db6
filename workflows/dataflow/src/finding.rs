//! What is wrong with the flow of data, where, and why.

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    rc::Rc,
};

use asl::{Place, Pointer, Severity, SourceMap};
use jsonata_core::ast::AstNode;

macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident $name:literal $severity:ident),+ $(,)?) => {
        /// Which rule was broken.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[$doc])* $rule),+
        }

        impl Rule {
            /// The name, in kebab case.
            pub fn name(self) -> &'static str {
                match self { $(Self::$rule => $name),+ }
            }

            /// An error fails at run time on every path that comes by; a warning may.
            pub fn severity(self) -> Severity {
                match self { $(Self::$rule => Severity::$severity),+ }
            }
        }
    };
}

rules! {
    /// No state on any path assigns the variable before it is read.
    UnassignedVariable "unassigned-variable" Error,
    /// A path reads the variable that no state on it has assigned.
    MaybeUnassigned "maybe-unassigned" Warning,
    /// A variable is assigned, and nothing reads it.
    UnreadVariable "unread-variable" Warning,
    /// A state inside a `Map` or `Parallel` assigns a variable of the scope around it, which Step Functions refuses.
    ShadowedVariable "shadowed-variable" Error,
    /// The value that a path leads into has no such field.
    UnknownField "unknown-field" Error,
    /// An expression never has a value, which ends the state with `States.QueryEvaluationError`.
    NoValue "no-value" Error,
    /// An expression may have no value.
    MaybeNoValue "maybe-no-value" Warning,
    /// A value is never of the kind that is wanted.
    WrongKind "wrong-kind" Error,
    /// A value may be of a kind that is not wanted.
    MaybeWrongKind "maybe-wrong-kind" Warning,
    /// What is called does not declare the field.
    UndeclaredField "undeclared-field" Warning,
    /// What is called declares a field that is not given.
    OmittedField "omitted-field" Warning,
    /// A field gets the value that is called like its neighbour.
    CrossedFields "crossed-fields" Warning,
    /// An error that the called activity declares meets no catcher of its own name.
    UndecidedError "undecided-error" Warning,
    /// No catcher answers to an error that may happen.
    UncaughtError "uncaught-error" Warning,
    /// A catcher or retrier names an error that the called activity does not declare, or one that is none of the language's
    /// own and begins with `States.` as they do.
    UndeclaredError "undeclared-error" Warning,
    /// A JSONata expression does not parse.
    Syntax "jsonata-syntax" Error,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One thing that is wrong, or doubtful. `{}` is one line; `{:#}` adds the line of the definition, underlined.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which rule was broken.
    pub rule: Rule,
    /// One line: what, and why.
    pub message: String,
    /// One line that names the remedy.
    pub help: Option<String>,
    /// The value at fault.
    pub pointer: Pointer,
    /// Where it stands in the text, when there is a text.
    pub place: Option<Place>,
}

impl Finding {
    /// Error or warning.
    pub fn severity(&self) -> Severity {
        self.rule.severity()
    }

    /// Fills in the place from the text that the definition was read from.
    pub fn locate(&mut self, source: &SourceMap) {
        self.place = source.value(&self.pointer);
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{}:{}: ", place.line, place.column)?,
            None => write!(f, "{}: ", self.pointer.location())?,
        }
        write!(f, "{}: {} [{}]", self.severity(), self.message, self.rule)?;
        if let Some(help) = &self.help {
            write!(f, "; {help}")?;
        }
        match &self.place {
            Some(place) if f.alternate() => write!(f, "\n{}", place.underlined()),
            _ => Ok(()),
        }
    }
}

/// Collects findings, each once: a state may be looked at several times.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    pub(crate) findings: Vec<Finding>,
    /// Off until the shapes stand still: before that, findings could speak of a half-known world.
    pub(crate) open: bool,
    /// The names of variables that anything reads.
    pub(crate) read: BTreeSet<String>,
    /// The syntax trees of expressions, by their text.
    pub(crate) parsed: HashMap<String, Rc<AstNode>>,
}

impl Sink {
    pub(crate) fn report(&mut self, rule: Rule, pointer: &Pointer, message: String, help: Option<String>) {
        let finding = Finding {
            rule,
            message,
            help,
            pointer: pointer.clone(),
            place: None,
        };
        if self.open && !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }
}
