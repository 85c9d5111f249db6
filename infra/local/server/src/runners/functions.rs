//! The Lambda functions that can be called from here.

use tokio::sync::Semaphore;

use super::{LambdaEndpoint, Linked};

/// How many activities run at the same time in this process.
const LINKED_AT_ONCE: usize = 64;
/// How many functions are called at the same time at the endpoint: Lambda's default quota is 1,000 for an account.
const REMOTE_AT_ONCE: usize = 256;

/// Everything that tasks are run with.
#[derive(Debug)]
pub(crate) struct Runners {
    pub(crate) linked: Linked,
    pub(crate) lambda: Option<LambdaEndpoint>,
    pub(super) linked_slots: Semaphore,
    pub(super) remote_slots: Semaphore,
}

impl Runners {
    pub(crate) fn new(linked: Linked, lambda: Option<LambdaEndpoint>) -> Self {
        Self {
            linked,
            lambda,
            linked_slots: Semaphore::new(LINKED_AT_ONCE),
            remote_slots: Semaphore::new(REMOTE_AT_ONCE),
        }
    }
}
