//! The typed workflow builder: real Rust in, Amazon States Language out.
