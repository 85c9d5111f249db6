//! The rules a definition can break.

use std::fmt;

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The definition runs; people should look again.
    Warning,
    /// The definition is refused.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal $code:literal $severity:ident),+ $(,)?) => {
        /// Which rule was broken: finer than AWS's codes, and as stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind {
            $($(#[$doc])* $kind),+
        }

        impl Kind {
            /// The name, in kebab case.
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),+ }
            }

            /// AWS's code. Source: API reference, `ValidateStateMachineDefinitionDiagnostic`.
            pub fn code(self) -> &'static str {
                match self { $(Self::$kind => $code),+ }
            }

            /// Error or warning.
            pub fn severity(self) -> Severity {
                match self { $(Self::$kind => Severity::$severity),+ }
            }
        }
    };
}

kinds! {
    /// The text is not JSON.
    Syntax "syntax" "INVALID_JSON_DESCRIPTION" Error,
    /// The text is empty, or JSON but no object.
    NotAnObject "not-an-object" "SCHEMA_VALIDATION_FAILED" Error,
    /// Lists and objects stand too deep inside each other.
    TooDeep "too-deep" "TOO_DEEPLY_NESTED" Error,
    /// An object has the same key twice.
    DuplicateKey "duplicate-key" "INVALID_JSON_DESCRIPTION" Error,
    /// The language has no such field, or not here.
    UnsupportedField "unsupported-field" "SCHEMA_VALIDATION_FAILED" Error,
    /// The field belongs to the other query language.
    OtherLanguage "other-language" "SCHEMA_VALIDATION_FAILED" Error,
    /// A required field is absent.
    MissingField "missing-field" "SCHEMA_VALIDATION_FAILED" Error,
    /// Fields that exclude each other stand together.
    ExclusiveFields "exclusive-fields" "SCHEMA_VALIDATION_FAILED" Error,
    /// A value has the wrong JSON type.
    WrongType "wrong-type" "SCHEMA_VALIDATION_FAILED" Error,
    /// A value is not one of those the field knows.
    WrongValue "wrong-value" "SCHEMA_VALIDATION_FAILED" Error,
    /// A number is too small or too large, or a text too long.
    OutOfRange "out-of-range" "SCHEMA_VALIDATION_FAILED" Error,
    /// A list or text that must hold something is empty.
    Empty "empty" "SCHEMA_VALIDATION_FAILED" Error,
    /// A state machine in JSONata has a state in JSONPath.
    LanguageDowngrade "language-downgrade" "SCHEMA_VALIDATION_FAILED" Error,
    /// A transition names a state that is not in its scope.
    MissingTarget "missing-target" "MISSING_TRANSITION_TARGET" Error,
    /// No transition leads to the state.
    Unreachable "unreachable" "MISSING_TRANSITION_TARGET" Error,
    /// A set of states has none that ends.
    NoTerminalState "no-terminal-state" "MISSING_END_STATE" Error,
    /// A state has neither `Next` nor `End`.
    MissingTransition "missing-transition" "SCHEMA_VALIDATION_FAILED" Error,
    /// Two states of the whole machine have one name.
    DuplicateStateName "duplicate-state-name" "DUPLICATE_STATE_NAME" Error,
    /// A state's name is empty or too long.
    StateName "state-name" "INVALID_STATE_NAME" Error,
    /// `States.ALL` is not alone, or not in the last element.
    CatchAllNotLast "catch-all-not-last" "SCHEMA_VALIDATION_FAILED" Error,
    /// A text is no path.
    Path "path" "SCHEMA_VALIDATION_FAILED" Error,
    /// A text is no reference path.
    ReferencePath "reference-path" "SCHEMA_VALIDATION_FAILED" Error,
    /// A payload template is ill-formed.
    Template "template" "SCHEMA_VALIDATION_FAILED" Error,
    /// `{% %}` is opened or closed, but not both.
    Jsonata "jsonata" "SCHEMA_VALIDATION_FAILED" Error,
    /// A JSONata expression does not parse. Found where expressions are parsed, not here.
    JsonataSyntax "jsonata-syntax" "INVALID_JSONATA_EXPRESSION" Error,
    /// A JSONata expression reads what Step Functions does not have. Found where expressions are parsed, not here.
    JsonataUnsupported "jsonata-unsupported" "UNSUPPORTED_JSONATA_EXPRESSION" Error,
    /// A text is no RFC 3339 timestamp.
    Timestamp "timestamp" "SCHEMA_VALIDATION_FAILED" Error,
    /// A `Resource` is no ARN, or names an integration that does not exist.
    Resource "resource" "SCHEMA_VALIDATION_FAILED" Error,
    /// A `Label` is ill-formed.
    Label "label" "INVALID_LABEL_NAME" Error,
    /// Two `Label`s are the same.
    DuplicateLabel "duplicate-label" "DUPLICATE_LABEL_NAME" Error,
    /// A variable's name is ill-formed or reserved.
    VariableName "variable-name" "SCHEMA_VALIDATION_FAILED" Error,
    /// Express workflows cannot do it.
    Express "express" "SCHEMA_VALIDATION_FAILED" Error,
    /// Only a distributed `Map` can do it.
    DistributedOnly "distributed-only" "SCHEMA_VALIDATION_FAILED" Error,
    /// The language has it, but who is to run it does not support it yet.
    NotSupported "not-supported" "SCHEMA_VALIDATION_FAILED" Error,
    /// A value looks like a path, but its key does not end in `.$`.
    NoDollar "no-dollar" "NO_DOLLAR" Warning,
    /// A value looks like a path, but its field does not end in `Path`.
    NoPath "no-path" "NO_PATH" Warning,
    /// A path in the `Result` of a `Pass`, which is taken literally.
    StaticResult "static-result" "PASS_RESULT_IS_STATIC" Warning,
}

impl Kind {
    /// Whether the field's name is at fault rather than its value.
    pub(crate) fn points_at_key(self) -> bool {
        use Kind::{
            DistributedOnly, DuplicateKey, DuplicateStateName, ExclusiveFields, LanguageDowngrade, MissingField,
            MissingTransition, NoDollar, NoPath, OtherLanguage, StateName, Unreachable, UnsupportedField, VariableName,
        };
        matches!(
            self,
            DistributedOnly
                | DuplicateKey
                | DuplicateStateName
                | ExclusiveFields
                | LanguageDowngrade
                | MissingField
                | MissingTransition
                | NoDollar
                | NoPath
                | OtherLanguage
                | StateName
                | Unreachable
                | UnsupportedField
                | VariableName
        )
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
