//! Activity: record how a message ended and publish the event.
