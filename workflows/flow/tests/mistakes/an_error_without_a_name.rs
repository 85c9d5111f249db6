//! A declared error has no name on the wire, another one that is not its own to take.
use expr::ActivityError;

#[derive(Debug, serde::Serialize, serde::Deserialize, thiserror::Error, ActivityError)]
enum Nameless {
    #[error("declined")]
    Declined,
}

#[derive(Debug, serde::Serialize, serde::Deserialize, thiserror::Error, ActivityError)]
enum Reserved {
    #[error("timeout")]
    #[error_name("States.Timeout")]
    Timeout,
}

fn main() {}
