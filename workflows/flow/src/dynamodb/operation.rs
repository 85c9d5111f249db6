//! What is asked of DynamoDB, short of a condition.

use std::rc::Rc;

use expr::Node;

use crate::{
    calls::literal,
    item::{Change, Writer},
};

/// An operation, short of its condition.
pub(super) struct Operation<'a> {
    pub(super) table: &'a str,
    pub(super) resource: &'static str,
    pub(super) verb: &'static str,
    pub(super) arguments: Vec<(&'static str, Rc<Node>)>,
    pub(super) writer: Writer,
}

impl<'a> Operation<'a> {
    pub(super) fn new(table: &'a str, resource: &'static str, verb: &'static str) -> Self {
        Self {
            table,
            resource,
            verb,
            arguments: Vec::new(),
            writer: Writer::default(),
        }
    }

    pub(super) fn put(table: &'a str, item: Rc<Node>) -> Self {
        Self {
            arguments: vec![("Item", item)],
            ..Self::new(table, "putItem", "Put")
        }
    }

    pub(super) fn delete(table: &'a str, key: Rc<Node>) -> Self {
        Self {
            arguments: vec![("Key", key)],
            ..Self::new(table, "deleteItem", "Delete")
        }
    }

    pub(super) fn update(table: &'a str, key: Rc<Node>, changes: &[Change]) -> Self {
        let mut operation = Self::new(table, "updateItem", "Update");
        let changes = operation.writer.changes(&key, changes);
        operation.arguments = vec![("Key", key), ("UpdateExpression", literal(&changes))];
        operation
    }
}
