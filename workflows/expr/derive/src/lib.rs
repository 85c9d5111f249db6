//! The derives of `expr`: `Shape`, `Item`, `Cases` and `ActivityError`.
//!
//! They read serde's attributes and print the names that serde will write. An attribute they cannot honour is a compile
//! error at that attribute, never a wrong path.

mod activity_error;
mod cases;
mod item;
mod serde_attributes;
mod shape;

use proc_macro::TokenStream;
use syn::{DeriveInput, Error, parse_macro_input};

/// For a struct: `TFields` (its fields as expressions), `TExpr` (the record literal, its twin) and `Shape`.
/// For an enum: `Shape`; one without data may also stand as a literal.
#[proc_macro_derive(Shape, attributes(serde))]
pub fn shape(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    shape::derive(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// For a record that is an item of a DynamoDB table, the key of one, or part of one; and for an enum without data, which is
/// a text there. Goes with `Shape`.
#[proc_macro_derive(Item, attributes(serde))]
pub fn item(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    item::derive(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// For an enum in data: `TCase` (its variants with expressions) and `Cases`, by serde's tag.
#[proc_macro_derive(Cases, attributes(serde))]
pub fn cases(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    cases::derive(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// For the errors of an activity: the names on the wire by `#[error_name("…")]` at each variant, and what the builder
/// asks about. `#[activity(DeliverMessage)]` at the enum names that twin `DeliverMessageError`, so that rustc names the
/// activity when an error is forgotten; without it the twin is called `TCase`.
#[proc_macro_derive(ActivityError, attributes(serde, error_name, activity))]
pub fn activity_error(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    activity_error::derive(&input)
        .unwrap_or_else(Error::into_compile_error)
        .into()
}
