//! The two DynamoDB tables: their definitions, items and conditional writes.
//!
//! Each write reads the item, decides in plain code what becomes of it (`life`), and writes the whole item on the
//! condition that nobody wrote in between: the item's `revision` is the one that was read. So there are two conditional
//! expressions in the room, and every rule about a message's life can be read and tested without a table.
//!
//! This crate does not know which activity or page calls it.

mod acknowledgement;
mod attributes;
pub mod breaker;
mod definitions;
mod ensure;
mod error;
mod item;
mod life;
mod list;
mod messages;
#[cfg(test)]
mod testing;

pub use acknowledgement::{NotAcknowledged, Taken};
pub use definitions::{CIRCUIT_BREAKER, IndexDefinition, MESSAGES, TableDefinition};
pub use ensure::ensure;
pub use error::{TableError, TableErrorKind};
pub use item::MessageItem;
pub use life::{NotRedrivable, Put, Recording};
pub use list::{EXAMINED, InvalidCursor, ListBy, ListQuery, Page};
pub use messages::{Messages, RedriveError};
