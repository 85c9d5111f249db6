//! The only writer of generated files.
