//! What a workflow knows of an activity: its name, what goes in, what comes out, and how it may fail.

use std::rc::Rc;

use serde::{Serialize, de::DeserializeOwned};

use crate::{Cases, Node, Variant};

/// The signature of an activity: one small Lambda function.
///
/// The name survives the whole journey: contract `DeliverMessage`, crate and Lambda `deliver-message`, placeholder
/// `${DeliverMessageArn}`.
pub trait Activity {
    /// The name in `PascalCase`, for example `DeliverMessage`.
    const NAME: &'static str;
    /// The payload of the invocation.
    type Input: Serialize + DeserializeOwned;
    /// The function's answer. Absent values are written as `null`, never left out.
    type Output: Serialize + DeserializeOwned;
    /// The errors it declares; [`NoError`] when it declares none.
    type Error: ActivityError;
    /// The function's own timeout in seconds, 1 to 900. A state that calls it waits longer by at least
    /// [`TIMEOUT_MARGIN`](Self::TIMEOUT_MARGIN), so that a second invocation never runs beside the first.
    const TIMEOUT_SECONDS: u32 = 30;
    /// Seconds by which the state's timeout exceeds the function's.
    const TIMEOUT_MARGIN: u32 = 5;
}

/// The declared errors of an activity. On the wire, Lambda's `errorType` is [`error_name`](Self::error_name) and its
/// `errorMessage` is the variant's fields as a JSON object.
pub trait ActivityError: std::error::Error + Serialize + DeserializeOwned {
    /// Every name on the wire, in the order of the variants.
    const NAMES: &'static [&'static str];

    /// The variants as serde writes them, in the same order: where their fields stand in the type's JSON Schema.
    const VARIANTS: &'static [&'static str];

    /// The name of this error on the wire, for example `Delivery.RateLimited`.
    fn error_name(&self) -> &'static str;

    /// The variant's fields as a JSON object, at most 4 KiB: the `errorMessage`.
    fn payload(&self) -> String;
}

/// The error type of an activity that declares no errors.
#[derive(Debug, Serialize, serde::Deserialize)]
pub enum NoError {}

impl std::fmt::Display for NoError {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {}
    }
}

impl std::error::Error for NoError {}

impl ActivityError for NoError {
    const NAMES: &'static [&'static str] = &[];
    const VARIANTS: &'static [&'static str] = &[];

    fn error_name(&self) -> &'static str {
        match *self {}
    }

    fn payload(&self) -> String {
        match *self {}
    }
}

/// What the builder asks of an activity that declares no errors: nothing. `match never {}` answers.
#[derive(Debug)]
pub enum NoErrorCase {}

impl Cases for NoError {
    type Case<'s> = NoErrorCase;

    fn cases<'s>(_: &Rc<Node>) -> Vec<Variant<Self::Case<'s>>> {
        Vec::new()
    }
}
