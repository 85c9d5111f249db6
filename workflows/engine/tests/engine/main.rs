//! The engine, judged from outside: the meaning of each state, the crash law, and the answers that AWS gave.

mod cases;
mod corpus;
mod crash;
mod events;
mod matching;
mod redriven;
mod simulation;
mod states;
