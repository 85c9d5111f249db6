//! Items of DynamoDB tables: read, written, changed, removed.

mod operation;

use std::rc::Rc;

use expr::{Absent, Expr, Is, Item, Node, Written};
use serde_json::{Value, json};

use crate::{
    Failure, Scope, Then,
    calls::{literal, record},
    failures::{ANY, DEFAULT},
    item::{Change, Condition, Stored},
    requests::Request,
    tree::{Call, ErrorArm, Unexpected},
};

use operation::Operation;

/// What DynamoDB reports when a condition does not hold.
const CONDITION_FAILED: &str = "DynamoDB.ConditionalCheckFailedException";

/// Why nothing was written.
#[derive(Clone, Debug)]
pub enum Unwritten<'x> {
    /// The condition does not hold.
    ConditionFailed,
    /// The call failed.
    Failed(Failure<'x>),
}

impl<'s, 'outer: 's> Scope<'s, 'outer> {
    /// Reads the item of the table `${…Table}` that has this key, with everything that was written before:
    /// `dynamodb_get_item::<Order, OrderKey>("Orders", key, …)`. The closure decides what a failure leads to.
    ///
    /// Source, of this and the methods below: <https://docs.aws.amazon.com/step-functions/latest/dg/connect-ddb.html>.
    #[track_caller]
    pub fn dynamodb_get_item<T: Item, K: Item>(
        &self,
        table: &str,
        key: impl Is<'s, K>,
        on_failure: impl for<'x> FnOnce(&Scope<'x, 's>, &Failure<'x>) -> Then<'x, Option<T>>,
    ) -> Expr<'s, Option<T>> {
        let failed = self.clause(ANY, Some(DEFAULT), on_failure);
        let operation = Operation {
            arguments: vec![
                ("Key", encoded(key)),
                ("ConsistentRead", Rc::new(Node::Literal(json!(true)))),
            ],
            ..Operation::new(table, "getItem", "Get")
        };
        let mut call = self.operation(operation, failed);
        let item = Node::field(&call.result, "Item", Absent::Never);
        call.result = Rc::new(Node::Conditional {
            test: Node::function("exists", vec![Rc::clone(&item)]),
            then: T::decode(&item),
            otherwise: Rc::new(Node::Literal(Value::Null)),
        });
        self.finish_call(call, Written::Unknown)
    }

    /// Writes an item, in place of the one with its key if there is one. The closure decides what a failure leads to.
    #[track_caller]
    pub fn dynamodb_put_item<T: Item>(
        &self,
        table: &str,
        item: impl Is<'s, T>,
        on_failure: impl for<'x> FnOnce(&Scope<'x, 's>, &Failure<'x>) -> Then<'x, ()>,
    ) {
        let failed = self.clause(ANY, Some(DEFAULT), on_failure);
        self.write(Operation::put(table, encoded(item)), failed);
    }

    /// The same if a condition holds of the stored item: `|stored| item::is_absent(&stored.id)` writes a new one only. A
    /// repeated attempt finds what the first one wrote, if its answer was lost: the condition should hold of that too, or
    /// its failure be harmless.
    #[track_caller]
    pub fn dynamodb_put_item_if<T: Item>(
        &self,
        table: &str,
        item: impl Is<'s, T>,
        condition: impl for<'x> FnOnce(&Stored<'x, 's, T>) -> Condition,
        unwritten: impl for<'x> FnMut(&Scope<'x, 's>, Unwritten<'x>) -> Then<'x, ()>,
    ) {
        let condition = condition(&Stored::new());
        self.write_if(Operation::put(table, encoded(item)), &condition, unwritten);
    }

    /// Changes fields of the item with this key, which is made if there is none:
    /// `|stored| [item::set(&stored.status, "paid"), item::add(&stored.attempts, 1)]`. The closure decides what a failure
    /// leads to.
    #[track_caller]
    pub fn dynamodb_update_item<T: Item, K: Item, C: IntoIterator<Item = Change>>(
        &self,
        table: &str,
        key: impl Is<'s, K>,
        changes: impl for<'x> FnOnce(&Stored<'x, 's, T>) -> C,
        on_failure: impl for<'x> FnOnce(&Scope<'x, 's>, &Failure<'x>) -> Then<'x, ()>,
    ) {
        let failed = self.clause(ANY, Some(DEFAULT), on_failure);
        let changes = changes(&Stored::new()).into_iter().collect::<Vec<_>>();
        self.write(Operation::update(table, encoded(key), &changes), failed);
    }

    /// The same if a condition holds of the stored item.
    #[track_caller]
    pub fn dynamodb_update_item_if<T: Item, K: Item, C: IntoIterator<Item = Change>>(
        &self,
        table: &str,
        key: impl Is<'s, K>,
        changes: impl for<'x> FnOnce(&Stored<'x, 's, T>) -> C,
        condition: impl for<'x> FnOnce(&Stored<'x, 's, T>) -> Condition,
        unwritten: impl for<'x> FnMut(&Scope<'x, 's>, Unwritten<'x>) -> Then<'x, ()>,
    ) {
        let changes = changes(&Stored::new()).into_iter().collect::<Vec<_>>();
        let operation = Operation::update(table, encoded(key), &changes);
        self.write_if(operation, &condition(&Stored::new()), unwritten);
    }

    /// Removes the item with this key, if there is one. The closure decides what a failure leads to.
    #[track_caller]
    pub fn dynamodb_delete_item<K: Item>(
        &self,
        table: &str,
        key: impl Is<'s, K>,
        on_failure: impl for<'x> FnOnce(&Scope<'x, 's>, &Failure<'x>) -> Then<'x, ()>,
    ) {
        let failed = self.clause(ANY, Some(DEFAULT), on_failure);
        self.write(Operation::delete(table, encoded(key)), failed);
    }

    /// The same if a condition holds of the stored item.
    #[track_caller]
    pub fn dynamodb_delete_item_if<T: Item, K: Item>(
        &self,
        table: &str,
        key: impl Is<'s, K>,
        condition: impl for<'x> FnOnce(&Stored<'x, 's, T>) -> Condition,
        unwritten: impl for<'x> FnMut(&Scope<'x, 's>, Unwritten<'x>) -> Then<'x, ()>,
    ) {
        let condition = condition(&Stored::new());
        self.write_if(Operation::delete(table, encoded(key)), &condition, unwritten);
    }

    #[track_caller]
    fn write(&self, operation: Operation<'_>, failed: Unexpected) {
        let call = self.operation(operation, failed);
        self.finish_call::<()>(call.without_result(), Written::Unknown);
    }

    #[track_caller]
    fn write_if(
        &self,
        mut operation: Operation<'_>,
        condition: &Condition,
        mut unwritten: impl for<'x> FnMut(&Scope<'x, 's>, Unwritten<'x>) -> Then<'x, ()>,
    ) {
        let condition = operation.writer.condition(condition);
        operation.arguments.push(("ConditionExpression", literal(&condition)));
        let failed = self.clause(ANY, Some(DEFAULT), |inner, failure| {
            unwritten(inner, Unwritten::Failed(failure.clone()))
        });
        let (block, retry) = self.arm(&[], |inner| unwritten(inner, Unwritten::ConditionFailed));
        let mut call = self.operation(operation, failed).without_result();
        call.errors.push(ErrorArm {
            name: CONDITION_FAILED,
            retry,
            block,
            payload: None,
        });
        self.finish_call::<()>(call, Written::Unknown);
    }

    #[track_caller]
    fn operation(&self, operation: Operation<'_>, failed: Unexpected) -> Call {
        let Operation {
            table,
            resource,
            verb,
            arguments,
            writer,
        } = operation;
        if let Some(fault) = &writer.fault {
            self.build.find(crate::Place::here(), fault.as_str());
        }
        let table_name = ("TableName", literal(&format!("${{{table}Table}}")));
        let all = std::iter::once(table_name).chain(arguments).chain(writer.arguments());
        let request = Request {
            resource: &format!("arn:aws:states:::dynamodb:{resource}"),
            name: &format!("{verb}{table}"),
            arguments: record(&all.collect::<Vec<_>>()),
            ..Request::default()
        };
        self.request(request, failed)
    }
}

/// A record as DynamoDB is given it.
fn encoded<'s, T: Item>(record: impl Is<'s, T>) -> Rc<Node> {
    T::encode(&record.expr().settled())
}
