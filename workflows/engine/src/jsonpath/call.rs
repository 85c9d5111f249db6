//! Calls of intrinsic functions.

use std::borrow::Cow;

use asl::intrinsic::{self, Function};
use serde_json::Value;

use super::{Path, PathError, arrays, numbers, texts};
use crate::query::Scope;

/// A compiled call.
#[derive(Debug)]
pub(crate) struct Call {
    function: Function,
    arguments: Box<[Argument]>,
    text: Box<str>,
}

#[derive(Debug)]
enum Argument {
    Literal(Value),
    /// The first argument of `States.Format`, where it is written in the call: its escapes matter there.
    Template(Value),
    Path(Path),
    Call(Call),
}

/// What a call came to, or what is wrong with its arguments.
pub(super) type Outcome = Result<Value, String>;

impl Call {
    pub(super) fn compile(call: intrinsic::Call) -> Result<Self, String> {
        let function = call.function;
        let arguments = call.arguments.into_iter().enumerate();
        Ok(Self {
            function,
            arguments: arguments
                .map(|(index, argument)| Argument::compile(argument, function == Function::Format && index == 0))
                .collect::<Result<_, _>>()?,
            text: call.text.into(),
        })
    }

    /// The call as it is written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn sees_context(&self) -> bool {
        self.arguments.iter().any(|argument| match argument {
            Argument::Path(path) => path.sees_context(),
            Argument::Call(call) => call.sees_context(),
            Argument::Literal(_) | Argument::Template(_) => false,
        })
    }

    pub(super) fn evaluate(&self, scope: &Scope<'_>) -> Result<Value, PathError> {
        let arguments = self.arguments.iter().map(|argument| argument.evaluate(scope));
        let arguments: Vec<Cow<'_, Value>> = arguments.collect::<Result<_, _>>()?;
        let arguments: Vec<&Value> = arguments.iter().map(AsRef::as_ref).collect();
        self.apply(&arguments, scope)
            .map_err(|what| PathError::call(&self.text, &what))
    }

    /// Source: Step Functions Developer Guide, "Intrinsic functions for JSONPath states".
    fn apply(&self, arguments: &[&Value], scope: &Scope<'_>) -> Outcome {
        match (self.function, arguments) {
            (Function::Array, items) => Ok(items.iter().copied().cloned().collect()),
            (Function::ArrayPartition, &[array, size]) => arrays::partition(array, size),
            (Function::ArrayContains, &[array, value]) => arrays::contains(array, value),
            (Function::ArrayRange, &[first, last, step]) => arrays::range(first, last, step),
            (Function::ArrayGetItem, &[array, index]) => arrays::get_item(array, index),
            (Function::ArrayLength, &[array]) => arrays::length(array),
            (Function::ArrayUnique, &[array]) => arrays::unique(array),
            (Function::Base64Encode, &[text]) => texts::base64_encode(text),
            (Function::Base64Decode, &[text]) => texts::base64_decode(text),
            (Function::Hash, &[data, algorithm]) => texts::hash(data, algorithm),
            (Function::JsonMerge, &[left, right, deep]) => texts::json_merge(left, right, deep),
            (Function::StringToJson, &[text]) => texts::string_to_json(text),
            (Function::JsonToString, &[value]) => Ok(value.to_string().into()),
            (Function::MathRandom, &[start, end]) => numbers::random(start, end, None, scope.random),
            (Function::MathRandom, &[start, end, seed]) => numbers::random(start, end, Some(seed), scope.random),
            (Function::MathAdd, &[left, right]) => numbers::add(left, right),
            (Function::StringSplit, &[text, separators]) => texts::split(text, separators),
            (Function::Uuid, []) => Ok(scope.random.next_uuid().into()),
            (Function::Format, &[template, ref values @ ..]) => texts::format(template, values),
            _ => Err(format!("Invalid number of arguments for {}", self.function.name())),
        }
    }
}

impl Argument {
    fn compile(argument: intrinsic::Argument, template: bool) -> Result<Self, String> {
        Ok(match argument {
            intrinsic::Argument::Text(text) if template => Self::Template(text.into()),
            intrinsic::Argument::Text(text) => Self::Literal(texts::unescaped(&text).into()),
            intrinsic::Argument::Literal(value) => Self::Literal(value),
            intrinsic::Argument::Path(path) => Self::Path(Path::of(path)?),
            intrinsic::Argument::Call(call) => Self::Call(Call::compile(call)?),
        })
    }

    fn evaluate<'a>(&'a self, scope: &Scope<'a>) -> Result<Cow<'a, Value>, PathError> {
        match self {
            Self::Literal(value) | Self::Template(value) => Ok(Cow::Borrowed(value)),
            Self::Path(path) => path.find(scope).map_err(|_| {
                PathError::runtime(format!(
                    "The JsonPath argument for the field '{}' could not be found in the input '{}'",
                    path.text(),
                    scope.input
                ))
            }),
            Self::Call(call) => call.evaluate(scope).map(Cow::Owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::query::Random;

    /// The result of a call over a fixed input, or its error.
    fn call(text: &str) -> Result<Value, String> {
        let input = json!({
            "s": "Hello", "n": 3, "f": 2.5, "list": [1, 2, 2, 3], "o": { "a": 1, "b": { "c": 2 } }, "p": { "b": {}, "d": 4 },
            "t": "{} and {}", "z": null,
        });
        let (context, random) = (json!({}), Random::new(1));
        let scope = Scope::new(&input, &context, Timestamp::UNIX_EPOCH, &random);
        let parsed = intrinsic::Call::parse(text).unwrap_or_else(|| panic!("{text} does not parse"));
        Call::compile(parsed)?.evaluate(&scope).map_err(|error| error.text)
    }

    #[test]
    fn functions_give_what_aws_documents() {
        let cases = [
            ("States.Format('{} is {}', $.s, $.n)", json!("Hello is 3")),
            ("States.Format($.t, 1, true)", json!("1 and true")),
            ("States.Format('it\\'s \\{{}\\} \\\\', $.z)", json!("it's {null} \\")),
            ("States.Format('{}', $.o)", json!("{a=1, b={c=2}}")),
            ("States.Format('{}', $.list)", json!("[1, 2, 2, 3]")),
            ("States.StringToJson('{\"a\": [1.50]}')", json!({ "a": [1.5] })),
            ("States.JsonToString($.o)", json!(r#"{"a":1,"b":{"c":2}}"#)),
            (
                "States.Array('x', $.n, null, States.Array())",
                json!(["x", 3, null, []]),
            ),
            ("States.ArrayPartition($.list, 3)", json!([[1, 2, 2], [3]])),
            ("States.ArrayContains($.list, 2)", json!(true)),
            ("States.ArrayContains($.list, '2')", json!(false)),
            ("States.ArrayRange(1, 9, 2)", json!([1, 3, 5, 7, 9])),
            ("States.ArrayRange(5, -1, -3)", json!([5, 2, -1])),
            ("States.ArrayGetItem($.list, 3)", json!(3)),
            ("States.ArrayLength($.list)", json!(4)),
            ("States.ArrayUnique($.list)", json!([1, 2, 3])),
            ("States.Base64Encode('Data to encode')", json!("RGF0YSB0byBlbmNvZGU=")),
            ("States.Base64Decode('RGF0YSB0byBlbmNvZGU=')", json!("Data to encode")),
            (
                "States.Hash('input data', 'SHA-1')",
                json!("aaff4a450a104cd177d28d18d74485e8cae074b7"),
            ),
            ("States.JsonMerge($.o, $.p, false)", json!({ "a": 1, "b": {}, "d": 4 })),
            ("States.MathAdd($.n, -5)", json!(-2)),
            ("States.MathAdd(63, 4.3)", json!(67)),
            ("States.MathAdd(1.5, -1.5)", json!(1)),
            ("States.StringToJson(' ')", json!(null)),
            ("States.StringSplit('1,2,3', ',')", json!(["1", "2", "3"])),
            (
                "States.StringSplit('This.is+a,test=string', '.+,=')",
                json!(["This", "is", "a", "test", "string"]),
            ),
            ("States.MathRandom(5, 6)", json!(5)),
        ];
        for (text, expected) in cases {
            assert_eq!(call(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn wrong_arguments_are_named() {
        for (text, part) in [
            ("States.Format('{} {}', 1)", "placeholders"),
            ("States.StringToJson('{')", "not valid JSON"),
            ("States.StringToJson($.n)", "must be a string"),
            ("States.ArrayPartition($.list, 0)", "must be a positive"),
            ("States.ArrayPartition($.s, 1)", "must be an array"),
            ("States.ArrayRange(1, 10, 0)", "must not be 0"),
            ("States.ArrayRange(1, 2000, 1)", "1000"),
            ("States.ArrayGetItem($.list, 4)", "out of bounds"),
            ("States.ArrayLength($.o)", "must be an array"),
            ("States.Base64Decode('%')", "Base64"),
            ("States.Hash('x', 'CRC')", "algorithm"),
            ("States.JsonMerge($.o, $.p, true)", "shallow"),
            ("States.JsonMerge($.o, 1, false)", "must be an object"),
            ("States.MathAdd('a', 1)", "must be a number"),
            ("States.MathRandom(5, 5)", "less than"),
            ("States.Format('{}', $.no)", "could not be found"),
        ] {
            let error = call(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn random_results_are_in_range_and_repeat_with_the_seed() {
        let uuid = call("States.UUID()").unwrap();
        assert_eq!(uuid.as_str().map(str::len), Some(36));
        let seeded = call("States.MathRandom(0, 1000, 42)").unwrap();
        assert_eq!(seeded, call("States.MathRandom(0, 1000, 42)").unwrap());
        let drawn = call("States.MathRandom(-3, 3)").unwrap().as_i64().unwrap();
        assert!((-3..3).contains(&drawn));
    }
}
