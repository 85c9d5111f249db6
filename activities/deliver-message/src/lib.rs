//! Activity: publish a message to ntfy, guarded by a circuit breaker.
