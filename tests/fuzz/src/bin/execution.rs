#![no_main]

use std::{panic, sync::Once};

/// A panic of the evaluator, which is not ours, is an error of the expression: the process ends only at one that nobody
/// catches.
static CAUGHT: Once = Once::new();

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    CAUGHT.call_once(|| panic::set_hook(Box::new(|panicked| eprintln!("{panicked}"))));
    tests::fuzz::execution::judge(input);
});
