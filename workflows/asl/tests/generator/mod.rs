//! Machines of any shape, whether or not they make sense: the printer and the parser do not ask.

use asl::{
    Catcher, Choice, ChoiceRule, Comparison, Condition, ExecutionType, Fail, ItemProcessor, JitterStrategy, Map,
    Number, OPERATORS, Parallel, Pass, PathOrNull, ProcessorConfig, ProcessorMode, QueryLanguage, Retrier, State,
    StateKind, StateMachine, States, Task, Text, Transition, Wait, WaitFor,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use serde_json::{Value, json};

/// A whole machine in one query language.
pub(crate) fn machine() -> impl Strategy<Value = StateMachine> {
    let language = prop_oneof![Just(QueryLanguage::JSONPath), Just(QueryLanguage::JSONata)];
    language.prop_flat_map(|language| {
        (
            of(text()),
            of(Just("1.0".to_owned())),
            of(0_u64..100_000_000),
            states(language, 2),
        )
            .prop_map(move |(comment, version, timeout_seconds, states)| StateMachine {
                comment,
                version,
                query_language: Some(language),
                timeout_seconds,
                states,
            })
    })
}

fn states(language: QueryLanguage, depth: u32) -> BoxedStrategy<States> {
    let states = vec((text(), state(language, depth)), 1..4);
    (text(), states)
        .prop_map(|(start_at, states)| States {
            start_at,
            states: states.into_iter().collect(),
        })
        .boxed()
}

fn state(language: QueryLanguage, depth: u32) -> BoxedStrategy<State> {
    (of(text()), kind(language, depth), shared(), transition())
        .prop_map(move |(comment, kind, [input, output, assign, result], transition)| {
            let state_type = kind.state_type();
            let fails = matches!(kind, StateKind::Fail(_));
            let paths = language == QueryLanguage::JSONPath && !fails;
            State {
                comment,
                input_path: input.filter(|_| paths).map(path),
                output_path: output.filter(|_| paths).map(path),
                assign: assign
                    .filter(|_| !fails && kind != StateKind::Succeed)
                    .map(|value| json!({ "x": value })),
                output: result.filter(|_| language == QueryLanguage::JSONata && !fails),
                transition: transition.filter(|_| state_type.has_transition()),
                ..State::new(kind)
            }
        })
        .boxed()
}

fn path(value: Value) -> PathOrNull {
    match value {
        Value::Null => PathOrNull::Null,
        Value::String(text) => PathOrNull::Path(text),
        other => PathOrNull::Path(other.to_string()),
    }
}

fn shared() -> impl Strategy<Value = [Option<Value>; 4]> {
    [of(json_value()), of(json_value()), of(json_value()), of(json_value())]
}

fn transition() -> impl Strategy<Value = Option<Transition>> {
    prop_oneof![
        Just(None),
        Just(Some(Transition::End)),
        text().prop_map(|next| Some(Transition::Next(next)))
    ]
}

fn kind(language: QueryLanguage, depth: u32) -> BoxedStrategy<StateKind> {
    let flat = prop_oneof![
        task(language).prop_map(|task| StateKind::Task(Box::new(task))),
        pass(language).prop_map(StateKind::Pass),
        choice(language).prop_map(StateKind::Choice),
        wait(language).prop_map(|until| StateKind::Wait(Wait { until })),
        Just(StateKind::Succeed),
        (of(words(language)), of(words(language))).prop_map(|(error, cause)| StateKind::Fail(Fail { error, cause })),
    ];
    if depth == 0 {
        return flat.boxed();
    }
    prop_oneof![
        4 => flat,
        1 => parallel(language, depth).prop_map(|parallel| StateKind::Parallel(Box::new(parallel))),
        1 => map(language, depth).prop_map(|map| StateKind::Map(Box::new(map))),
    ]
    .boxed()
}

fn task(language: QueryLanguage) -> impl Strategy<Value = Task> {
    let data = [of(json_value()), of(json_value()), of(json_value())];
    (
        text(),
        data,
        of(number(language)),
        of(number(language)),
        errors(language),
    )
        .prop_map(
            move |(resource, [data, selector, path_], timeout_seconds, heartbeat_seconds, (retry, catch))| {
                let paths = language == QueryLanguage::JSONPath;
                Task {
                    arguments: data.clone().filter(|_| !paths),
                    parameters: data.filter(|_| paths),
                    result_selector: selector.filter(|_| paths).map(|value| json!({ "x.$": value })),
                    result_path: path_.filter(|_| paths).map(path),
                    credentials: Some(json!({ "RoleArn": "arn" })),
                    timeout_seconds,
                    heartbeat_seconds,
                    retry,
                    catch,
                    ..Task::new(resource)
                }
            },
        )
}

fn pass(language: QueryLanguage) -> impl Strategy<Value = Pass> {
    [of(json_value()), of(json_value()), of(json_value())].prop_map(move |[result, parameters, path_]| match language {
        QueryLanguage::JSONPath => Pass {
            result,
            parameters,
            result_path: path_.map(path),
        },
        QueryLanguage::JSONata => Pass::default(),
    })
}

fn wait(language: QueryLanguage) -> impl Strategy<Value = WaitFor> {
    prop_oneof![
        number(language).prop_map(WaitFor::Seconds),
        words(language).prop_map(WaitFor::Timestamp)
    ]
}

fn choice(language: QueryLanguage) -> impl Strategy<Value = Choice> {
    let rule = (of(text()), condition(language), text(), of(json_value())).prop_map(
        move |(comment, condition, next, value)| ChoiceRule {
            comment,
            condition,
            next,
            assign: value.clone().map(|value| json!({ "x": value })),
            output: value.filter(|_| language == QueryLanguage::JSONata),
        },
    );
    (vec(rule, 0..3), of(text())).prop_map(|(choices, default)| Choice { choices, default })
}

fn condition(language: QueryLanguage) -> BoxedStrategy<Condition> {
    if language == QueryLanguage::JSONata {
        let values = prop_oneof![any::<bool>().prop_map(Value::from), expression().prop_map(Value::from)];
        return values.prop_map(Condition::Jsonata).boxed();
    }
    let operators: Vec<_> = OPERATORS.iter().map(|operator| operator.name).collect();
    let compare = (text(), prop::sample::select(operators), json_value()).prop_map(|(variable, operator, value)| {
        Condition::Compare(Comparison {
            variable,
            operator: operator.to_owned(),
            value,
        })
    });
    compare
        .prop_recursive(3, 8, 3, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..3).prop_map(Condition::And),
                vec(inner.clone(), 0..3).prop_map(Condition::Or),
                inner.prop_map(|condition| Condition::Not(Box::new(condition))),
            ]
        })
        .boxed()
}

fn parallel(language: QueryLanguage, depth: u32) -> impl Strategy<Value = Parallel> {
    let branches = vec(states(language, depth - 1), 0..3);
    (branches, of(json_value()), errors(language)).prop_map(move |(branches, data, (retry, catch))| {
        let paths = language == QueryLanguage::JSONPath;
        Parallel {
            branches,
            arguments: data.clone().filter(|_| !paths),
            parameters: data.filter(|_| paths),
            retry,
            catch,
            ..Parallel::default()
        }
    })
}

fn map(language: QueryLanguage, depth: u32) -> impl Strategy<Value = Map> {
    let numbers = [of(number(language)), of(number(language)), of(number(language))];
    (
        processor(language, depth),
        of(json_value()),
        numbers,
        of(text()),
        errors(language),
    )
        .prop_map(
            move |(item_processor, data, [max_concurrency, count, percentage], label, (retry, catch))| {
                let paths = language == QueryLanguage::JSONPath;
                Map {
                    items: data.clone().filter(|_| !paths),
                    items_path: label.clone().filter(|_| paths),
                    item_selector: data.map(|value| json!({ "x": value })),
                    item_reader: Some(json!({ "Resource": "arn", "ReaderConfig": { "InputType": "JSON" } })),
                    item_batcher: Some(json!({ "MaxItemsPerBatch": 10 })),
                    result_writer: None,
                    max_concurrency,
                    tolerated_failure_count: count,
                    tolerated_failure_percentage: percentage,
                    label,
                    result_selector: None,
                    result_path: Some(PathOrNull::Null).filter(|_| paths),
                    item_processor,
                    retry,
                    catch,
                }
            },
        )
}

fn processor(language: QueryLanguage, depth: u32) -> impl Strategy<Value = ItemProcessor> {
    let mode = of(prop_oneof![
        Just(ProcessorMode::Inline),
        Just(ProcessorMode::Distributed)
    ]);
    let kind = of(prop_oneof![Just(ExecutionType::Standard), Just(ExecutionType::Express)]);
    let config = of((mode, kind).prop_map(|(mode, execution_type)| ProcessorConfig { mode, execution_type }));
    (config, states(language, depth - 1), any::<bool>()).prop_map(|(processor_config, states, legacy)| ItemProcessor {
        processor_config,
        states,
        legacy,
    })
}

fn errors(language: QueryLanguage) -> impl Strategy<Value = (Vec<Retrier>, Vec<Catcher>)> {
    (vec(retrier(), 0..3), vec(catcher(language), 0..3))
}

fn retrier() -> impl Strategy<Value = Retrier> {
    let jitter = of(prop_oneof![Just(JitterStrategy::Full), Just(JitterStrategy::None)]);
    let numbers = [of(any::<u64>()), of(any::<u64>()), of(any::<u64>())];
    (of(text()), vec(text(), 0..3), numbers, of(1.0_f64..10.0), jitter).prop_map(
        |(
            comment,
            error_equals,
            [interval_seconds, max_attempts, max_delay_seconds],
            backoff_rate,
            jitter_strategy,
        )| {
            Retrier {
                comment,
                error_equals,
                interval_seconds,
                max_attempts,
                backoff_rate,
                max_delay_seconds,
                jitter_strategy,
            }
        },
    )
}

fn catcher(language: QueryLanguage) -> impl Strategy<Value = Catcher> {
    (of(text()), vec(text(), 0..3), text(), of(json_value())).prop_map(move |(comment, error_equals, next, value)| {
        let paths = language == QueryLanguage::JSONPath;
        Catcher {
            comment,
            error_equals,
            next,
            result_path: value.clone().filter(|_| paths).map(path),
            assign: value.clone().map(|value| json!({ "x": value })),
            output: value.filter(|_| !paths),
        }
    })
}

fn number(language: QueryLanguage) -> BoxedStrategy<Number> {
    let literal = any::<u32>().prop_map(|value| Number::Literal(value.into()));
    match language {
        QueryLanguage::JSONPath => prop_oneof![literal, text().prop_map(Number::Path)].boxed(),
        QueryLanguage::JSONata => prop_oneof![literal, expression().prop_map(Number::Jsonata)].boxed(),
    }
}

fn words(language: QueryLanguage) -> BoxedStrategy<Text> {
    match language {
        QueryLanguage::JSONPath => prop_oneof![text().prop_map(Text::Literal), text().prop_map(Text::Path)].boxed(),
        QueryLanguage::JSONata => {
            prop_oneof![text().prop_map(Text::Literal), expression().prop_map(Text::Jsonata)].boxed()
        }
    }
}

/// Any text that is no expression, with the characters that JSON has to escape.
fn text() -> impl Strategy<Value = String> {
    "[a-zé𝄞 \"\\\\\n/$.]{1,8}"
}

fn expression() -> impl Strategy<Value = String> {
    text().prop_map(|inner| format!("{{% {inner} %}}"))
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((text(), inner), 0..3).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
