mod answers;
mod bench;
mod breaker;
mod looking;
mod parameters;
mod requests;
mod sink;
mod tls;
