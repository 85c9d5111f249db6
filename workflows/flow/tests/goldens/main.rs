//! What each construct becomes, small enough to be read in review. Every definition is also checked as anybody's would be.

mod branches;
mod calls;
mod dynamodb;
mod findings;
mod loops;
mod nests;
mod running;
mod services;
mod support;
mod tokens;
