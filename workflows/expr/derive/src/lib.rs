//! The derives of `expr`.
