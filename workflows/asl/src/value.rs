//! Small values that may be literal or computed.

/// A reference path, or the `null` that discards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathOrNull {
    /// A path.
    Path(String),
    /// JSON `null`.
    Null,
}

/// A number that may be computed: `TimeoutSeconds`, `HeartbeatSeconds`, `Seconds`, `MaxConcurrency` and their like.
#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    /// A literal number.
    Literal(serde_json::Number),
    /// A JSONata expression, with its `{% %}`; or, in either language, a `${Name}` that a template engine will fill in.
    Jsonata(String),
    /// The twin field whose name ends in `Path`: a path or an intrinsic function (JSONPath only).
    Path(String),
}

/// A text that may be computed: `Error`, `Cause`, `Timestamp`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// A literal text.
    Literal(String),
    /// A JSONata expression, with its `{% %}`.
    Jsonata(String),
    /// The twin field whose name ends in `Path`: a path or an intrinsic function (JSONPath only).
    Path(String),
}
