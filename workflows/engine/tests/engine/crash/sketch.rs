//! What a random machine consists of, before it is written down in a query language.

use proptest::prelude::*;
use proptest::sample::select;

/// A machine.
#[derive(Clone, Debug)]
pub(super) struct Sketch {
    /// Whether the machine is in JSONPath. Then each state may still be in JSONata.
    pub(super) paths: bool,
    pub(super) timeout: Option<u8>,
    pub(super) states: Vec<State>,
}

/// A state.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// Whether the state is in JSONata where the machine is in JSONPath.
    pub(super) jsonata: bool,
    /// Whether numbers are computed when the state runs.
    pub(super) computed: bool,
    /// What it makes of its data.
    pub(super) data: Data,
    /// What it puts into a variable.
    pub(super) assign: Option<Data>,
    pub(super) kind: Kind,
}

/// A kind of state with what only it has.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Pass,
    /// Goes back to the state before it, once; else on, or to the end.
    Choice {
        test: Test,
        again: bool,
    },
    Wait {
        seconds: u8,
        until: bool,
    },
    Task {
        resource: &'static str,
        timeout: Option<u8>,
        heartbeat: Option<u8>,
        errors: Errors,
    },
    Parallel {
        branches: Vec<Vec<State>>,
        errors: Errors,
    },
    Map {
        processor: Vec<State>,
        items: u8,
        concurrency: u8,
        errors: Errors,
    },
    /// Fails if the test says so, else goes on: what comes after it has to be reachable.
    Fail {
        test: Test,
    },
}

/// A value, whose form depends on the language.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Data {
    /// What came in.
    Same,
    Literal,
    Wrapped,
    Context,
    Variable,
    Random,
    /// Not there: an error.
    Missing,
}

/// What a choice asks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Test {
    Always,
    Never,
    ByInput,
    ByTime,
}

/// How errors are handled.
#[derive(Clone, Debug)]
pub(super) struct Errors {
    pub(super) retry: Option<Retry>,
    pub(super) catch: Option<&'static str>,
}

/// A retrier.
#[derive(Clone, Debug)]
pub(super) struct Retry {
    pub(super) error: &'static str,
    pub(super) attempts: u8,
    pub(super) interval: u8,
    pub(super) jitter: bool,
}

impl Sketch {
    /// What it consists of, in words for the statistics.
    pub(super) fn parts(&self) -> Vec<&'static str> {
        let mut parts = vec![if self.paths { "JSONPath" } else { "JSONata" }];
        for state in &self.states {
            state.parts(self.paths, false, &mut parts);
        }
        parts
    }
}

impl State {
    fn parts(&self, paths: bool, mapped: bool, parts: &mut Vec<&'static str>) {
        let (inner, errors) = match &self.kind {
            Kind::Parallel { branches, errors } => (branches.iter().flatten().collect(), Some(errors)),
            Kind::Map { processor, errors, .. } => (processor.iter().collect::<Vec<_>>(), Some(errors)),
            Kind::Task { errors, .. } => (Vec::new(), Some(errors)),
            _ => (Vec::new(), None),
        };
        let map = matches!(self.kind, Kind::Map { .. });
        let shown = [
            (paths && self.jsonata, "a JSONata state among JSONPath"),
            (map && mapped, "a map within a map"),
            (
                matches!(self.kind, Kind::Map { concurrency: 1.., .. }),
                "a bound on concurrency",
            ),
            (errors.is_some_and(|errors| errors.retry.is_some()), "a retrier"),
            (errors.is_some_and(|errors| errors.catch.is_some()), "a catcher"),
            (
                self.computed && matches!(self.kind, Kind::Wait { .. } | Kind::Task { .. }),
                "a number computed",
            ),
        ];
        parts.extend(shown.into_iter().filter(|(shows, _)| *shows).map(|(_, part)| part));
        for state in inner {
            state.parts(paths, mapped || map, parts);
        }
    }
}

/// Any machine.
pub(super) fn sketches() -> impl Strategy<Value = Sketch> {
    let states = prop::collection::vec(state(), 1..5);
    (any::<bool>(), prop::option::weighted(0.3, 2..30_u8), states).prop_map(|(paths, timeout, states)| Sketch {
        paths,
        timeout,
        states,
    })
}

fn state() -> impl Strategy<Value = State> {
    with_kind(leaf()).prop_recursive(3, 16, 4, |inner| {
        let block = || prop::collection::vec(inner.clone(), 1..4);
        let parallel = (prop::collection::vec(block(), 1..4), errors())
            .prop_map(|(branches, errors)| Kind::Parallel { branches, errors });
        let map = (block(), 0..4_u8, 0..3_u8, errors()).prop_map(|(processor, items, concurrency, errors)| Kind::Map {
            processor,
            items,
            concurrency,
            errors,
        });
        with_kind(prop_oneof![parallel, map])
    })
}

fn with_kind(kind: impl Strategy<Value = Kind> + 'static) -> BoxedStrategy<State> {
    let parts = (
        any::<bool>(),
        any::<bool>(),
        data(),
        prop::option::weighted(0.3, data()),
        kind,
    );
    parts
        .prop_map(|(jsonata, computed, data, assign, kind)| State {
            jsonata,
            computed,
            data,
            assign,
            kind,
        })
        .boxed()
}

fn leaf() -> impl Strategy<Value = Kind> {
    let test = || select(vec![Test::Always, Test::Never, Test::ByInput, Test::ByTime]);
    prop_oneof![
        4 => Just(Kind::Pass),
        3 => (test(), any::<bool>()).prop_map(|(test, again)| Kind::Choice { test, again }),
        3 => (0..9_u8, any::<bool>()).prop_map(|(seconds, until)| Kind::Wait { seconds, until }),
        8 => task(),
        2 => test().prop_map(|test| Kind::Fail { test }),
    ]
}

fn task() -> impl Strategy<Value = Kind> {
    let resources = select(vec![
        "arn:aws:lambda:us-east-1:123456789012:function:f",
        "arn:aws:states:us-east-1:123456789012:activity:a",
        "arn:aws:states:::lambda:invoke",
        "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "arn:aws:states:::states:startExecution.sync:2",
    ]);
    let seconds = || prop::option::of(2..9_u8);
    (resources, seconds(), seconds(), errors()).prop_map(|(resource, timeout, heartbeat, errors)| Kind::Task {
        resource,
        timeout,
        // A heartbeat has to be shorter than the timeout.
        heartbeat: heartbeat.filter(|heartbeat| timeout.is_none_or(|timeout| *heartbeat < timeout)),
        errors,
    })
}

/// Errors are handled more often than not: an execution that has ended shows nothing more.
fn errors() -> impl Strategy<Value = Errors> {
    let names = || {
        select(vec![
            "States.ALL",
            "States.ALL",
            "Custom",
            "States.TaskFailed",
            "States.Timeout",
        ])
    };
    let retry = (names(), 0..3_u8, 1..4_u8, any::<bool>()).prop_map(|(error, attempts, interval, jitter)| Retry {
        error,
        attempts,
        interval,
        jitter,
    });
    let catch = prop::option::weighted(0.7, names());
    (prop::option::of(retry), catch).prop_map(|(retry, catch)| Errors { retry, catch })
}

fn data() -> impl Strategy<Value = Data> {
    prop_oneof![
        6 => Just(Data::Same),
        2 => Just(Data::Literal),
        3 => Just(Data::Wrapped),
        2 => Just(Data::Context),
        3 => Just(Data::Variable),
        2 => Just(Data::Random),
        1 => Just(Data::Missing),
    ]
}
