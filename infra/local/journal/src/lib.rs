//! Everything durable on one machine: executions, histories, timers, queues.
