//! The engine, judged from outside: the meaning of each state, the crash law, and the answers that AWS gave.

mod cases;
mod corpus;
mod crash;
mod matching;
mod simulation;
mod states;
