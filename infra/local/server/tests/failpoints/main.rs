//! Whatever place a process dies at, or a commit is refused at: the next one carries everything on.
//!
//! Each failure of the table happens in a process of its own, which runs [`scenario`] until it dies. What it said before
//! that is compared with what the next process makes of its data directory: see [`verdict`].

mod child;
mod client;
mod lambda;
mod scenario;
mod verdict;
mod world;

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Mutex;

use server::{Commit, Failure, Moment, Point};

use crate::child::{Child, Ended};
use crate::verdict::Straight;

/// How often a place is passed before the failure: the first time, and once in the midst of things.
const PASSES: [usize; 2] = [0, 4];
/// How many processes run at once. They mostly wait.
const AT_ONCE: usize = 8;

/// What has to have happened before a place is reached that only a start reaches, or a broken execution.
const BEFORE: [Option<Failure>; 4] = [
    None,
    Some(Failure::Abort(Point::At(Moment::Call))),
    Some(Failure::Abort(Point::At(Moment::FollowUp))),
    Some(Failure::Abort(Point::At(Moment::Timers))),
];

#[test]
fn whatever_place_a_process_fails_at_the_next_one_carries_on() {
    let straight = verdict::straight();
    let failures: Vec<(Failure, usize)> = Failure::all()
        .flat_map(|failure| PASSES.map(|passes| (failure, passes)))
        .collect();
    let (left, unreached) = (Mutex::new(failures), Mutex::new(Vec::new()));
    let next = || left.lock().unwrap().pop();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((failure, passes)) = next() {
                    if !happens(failure, passes, &straight) && passes == 0 {
                        unreached.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let unreached = unreached.into_inner().unwrap();
    assert!(unreached.is_empty(), "nothing reaches {unreached:?}");
}

/// Makes a failure happen and judges what comes after it. `false` if its place was not reached.
fn happens(failure: Failure, passes: usize, straight: &Straight) -> bool {
    // Only the first time may need somebody before it.
    let before = if passes == 0 { &BEFORE[..] } else { &BEFORE[..1] };
    before.iter().any(|before| {
        let directory = tempfile::tempdir().unwrap();
        let mut said = Vec::new();
        if let Some(before) = *before {
            said = Child::run(directory.path(), &said, before, 0).said;
            if before == Failure::Abort(Point::At(Moment::Timers)) && concerns(failure, Commit::PutOff) {
                world::spoil(directory.path());
            }
        }
        let child = Child::run(directory.path(), &said, failure, passes);
        said.extend(child.said);
        if child.ended == Ended::Unreached {
            return false;
        }
        eprintln!(
            "{failure:?} after {passes} passes, {before:?} before it: {:?}",
            child.ended
        );
        straight.judge(directory.path(), &said);
        true
    })
}

/// The judge must be able to find fault: here is one.
#[test]
fn a_call_before_the_commit_of_its_step_is_noticed() {
    let straight = verdict::straight();
    let directory = tempfile::tempdir().unwrap();
    let child = Child::run(directory.path(), &[], Failure::Hasty, 0);
    assert_eq!(child.ended, Ended::Died);
    let judge = AssertUnwindSafe(|| straight.judge(directory.path(), &child.said));
    let found = std::panic::catch_unwind(judge).expect_err("nobody has noticed");
    let found = found.downcast_ref::<String>().expect("it is said what is wrong");
    assert!(found.contains("a task is repeated under its token"), "{found}");
}

fn concerns(failure: Failure, commit: Commit) -> bool {
    [
        Failure::Refuse(commit),
        Failure::Abort(Point::Before(commit)),
        Failure::Abort(Point::After(commit)),
    ]
    .contains(&failure)
}

#[test]
fn failures_have_names() {
    let names: BTreeSet<String> = Failure::all().map(|failure| format!("{failure:?}")).collect();
    assert_eq!(names.len(), 3 * Commit::ALL.len() + Moment::ALL.len());
    assert!(Failure::all().all(|failure| child::failure(&format!("{failure:?}")) == failure));
}
