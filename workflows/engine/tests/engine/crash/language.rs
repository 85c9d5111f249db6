//! The two query languages: how each writes what a sketch means.

use serde_json::{Value, json};

use super::sketch::{Data, Test};

/// How often a loop goes back.
const ROUNDS: u8 = 2;

/// A query language.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Language {
    Jsonata,
    Paths,
}

use Language::{Jsonata, Paths};

impl Language {
    pub(super) fn of(paths: bool) -> Self {
        if paths { Paths } else { Jsonata }
    }

    /// A value as an expression, or as a payload template.
    fn data(self, data: Data, depth: usize) -> Value {
        let variable = format!("v{depth}");
        match (self, data) {
            (_, Data::Literal) => json!({ "a": [1, 2.5, null, "é"] }),
            (Jsonata, Data::Same) => json!("{% $states.input %}"),
            (Jsonata, Data::Wrapped) => json!({ "was": "{% $states.input %}", "n": ["{% $string($states.input) %}"] }),
            (Jsonata, Data::Context) => json!("{% $states.context.State %}"),
            (Jsonata, Data::Variable) => json!(format!("{{% [${variable}, $n0[1]] %}}")),
            (Jsonata, Data::Random) => json!("{% {'r': $random(), 'u': $uuid(), 't': $millis()} %}"),
            (Jsonata, Data::Missing) => json!("{% $states.input.missing %}"),
            (Paths, Data::Same) => json!({ "same.$": "$" }),
            (Paths, Data::Wrapped) => json!({ "was.$": "$", "n": [{ "s.$": "States.JsonToString($)" }] }),
            (Paths, Data::Context) => json!({ "state.$": "$$.State", "id.$": "$$.Execution.Id" }),
            (Paths, Data::Variable) => {
                json!({ "v.$": format!("${variable}"), "f.$": format!("States.Format('{{}}', ${variable})"), "n.$": "$n0[1]" })
            }
            (Paths, Data::Random) => json!({ "r.$": "States.MathRandom(0, 1000)", "u.$": "States.UUID()" }),
            (Paths, Data::Missing) => json!({ "m.$": "$.missing" }),
        }
    }

    fn condition(self, test: Test) -> Value {
        match (self, test) {
            (Jsonata, Test::Always) => json!({ "Condition": true }),
            (Jsonata, Test::Never) => json!({ "Condition": "{% false %}" }),
            (Jsonata, Test::ByInput) => json!({ "Condition": "{% $type($states.input) = 'object' %}" }),
            (Jsonata, Test::ByTime) => json!({ "Condition": "{% $millis() % 2 = 0 %}" }),
            (Paths, Test::Always) => json!({ "Variable": "$", "IsPresent": true }),
            (Paths, Test::Never) => json!({ "Not": { "Variable": "$$.State.Name", "StringMatches": "S*" } }),
            (Paths, Test::ByInput) => {
                json!({ "And": [{ "Variable": "$.was", "IsPresent": true }, { "Variable": "$.was", "IsNull": false }] })
            }
            (Paths, Test::ByTime) => {
                json!({ "Variable": "$$.State.EnteredTime", "TimestampGreaterThan": "2023-11-14T22:13:24Z" })
            }
        }
    }
}

/// A state while it is written.
pub(super) struct Written {
    language: Language,
    depth: usize,
    pub(super) fields: Value,
}

impl Written {
    pub(super) fn new(language: Language, depth: usize) -> Self {
        let fields = json!({});
        Self {
            language,
            depth,
            fields,
        }
    }

    fn data(&self, data: Data) -> Value {
        self.language.data(data, self.depth)
    }

    /// The arguments of a state, unless it takes its input as it is.
    fn arguments(&mut self, data: Data) {
        if data != Data::Same {
            let field = if self.language == Paths {
                "Parameters"
            } else {
                "Arguments"
            };
            self.fields[field] = self.data(data);
        }
    }

    /// What becomes of a result.
    fn result(&mut self, data: Data) {
        let paths = self.language == Paths;
        match data {
            Data::Same if paths => self.fields["ResultPath"] = Value::Null,
            Data::Wrapped if paths => {
                self.fields["ResultSelector"] = json!({ "all.$": "$" });
                self.fields["OutputPath"] = json!("$.all");
            }
            Data::Context if paths => self.fields["ResultPath"] = json!("$.result"),
            Data::Wrapped => self.fields["Output"] = json!({ "result": "{% $states.result %}" }),
            Data::Context => self.fields["Output"] = json!("{% [$states.result, $states.input] %}"),
            _ => {}
        }
    }

    pub(super) fn pass(&mut self, data: Data) {
        self.fields["Type"] = json!("Pass");
        match self.language {
            Jsonata => self.fields["Output"] = self.data(data),
            Paths if data == Data::Literal => self.fields["Result"] = self.data(data),
            Paths => self.fields["Parameters"] = self.data(data),
        }
    }

    /// Goes `back`, at most so often, if the test says so; else on.
    pub(super) fn choice(&mut self, test: Test, back: &str, next: &str) {
        let counter = format!("loops{}", self.depth);
        let mut rule = self.language.condition(test);
        rule["Next"] = json!(back);
        let mut enough = match self.language {
            Jsonata => json!({ "Condition": format!("{{% ${counter} >= {ROUNDS} %}}") }),
            Paths => json!({ "Variable": format!("${counter}"), "NumericGreaterThanEquals": ROUNDS }),
        };
        enough["Next"] = json!(next);
        rule["Assign"] = match self.language {
            Jsonata => json!({ (counter.clone()): format!("{{% ${counter} + 1 %}}") }),
            Paths => json!({ (format!("{counter}.$")): format!("States.MathAdd(${counter}, 1)") }),
        };
        self.fields = json!({ "Type": "Choice", "Choices": [enough, rule], "Default": next });
    }

    pub(super) fn wait(&mut self, seconds: u8, until: bool, computed: bool, data: Data) {
        self.fields["Type"] = json!("Wait");
        match self.language {
            Jsonata if until => {
                let time = format!("{{% $fromMillis($millis() + {seconds} * 1000) %}}");
                self.fields["Timestamp"] = json!(time);
            }
            Paths if until => self.fields["TimestampPath"] = json!("$until0"),
            _ => self.number("Seconds", seconds, computed),
        }
        if self.language == Jsonata && data != Data::Same {
            self.fields["Output"] = self.data(data);
        }
    }

    pub(super) fn task(&mut self, resource: &str, data: Data) {
        self.fields["Type"] = json!("Task");
        self.fields["Resource"] = json!(resource);
        self.arguments(data);
        self.result(data);
    }

    pub(super) fn parallel(&mut self, branches: &[Value], data: Data) {
        self.fields["Type"] = json!("Parallel");
        self.fields["Branches"] = json!(branches);
        self.arguments(data);
        self.result(data);
    }

    pub(super) fn map(&mut self, processor: &Value, items: u8, data: Data) {
        self.fields["Type"] = json!("Map");
        self.fields["ItemProcessor"] = processor.clone();
        let list: Vec<u8> = (0..items).collect();
        match self.language {
            Jsonata => self.fields["Items"] = json!(list),
            Paths => self.fields["ItemsPath"] = json!(format!("$lists0[{items}]")),
        }
        if data != Data::Same {
            self.fields["ItemSelector"] = match self.language {
                Jsonata => json!({ "item": "{% $states.context.Map.Item %}", "is": self.data(data) }),
                Paths => json!({ "item.$": "$$.Map.Item", "is": self.data(data) }),
            };
        }
        self.result(data);
    }

    /// Goes to one state or another.
    pub(super) fn branch(&mut self, test: Test, to: &str, next: &str) {
        let mut rule = self.language.condition(test);
        rule["Next"] = json!(to);
        self.fields = json!({ "Type": "Choice", "Choices": [rule], "Default": next });
    }

    /// A state that fails, in the language of this one.
    pub(super) fn failure(&self, computed: bool) -> Value {
        match self.language {
            Jsonata if computed => json!({
                "Type": "Fail",
                "QueryLanguage": "JSONata",
                "Error": "{% 'Told' %}",
                "Cause": "{% $states.context.State.Name %}",
            }),
            Paths if computed => json!({ "Type": "Fail", "Error": "Told", "CausePath": "$$.State.Name" }),
            _ => json!({ "Type": "Fail", "Error": "Custom", "Cause": "as it was told" }),
        }
    }

    pub(super) fn catch(&mut self, error: &str, next: &str) {
        let mut catcher = json!({ "ErrorEquals": [error], "Next": next });
        match self.language {
            Jsonata => catcher["Output"] = json!({ "caught": "{% $states.errorOutput.Error %}" }),
            Paths => catcher["ResultPath"] = json!("$"),
        }
        self.fields["Catch"] = json!([catcher]);
    }

    pub(super) fn assign(&mut self, data: Data) {
        let variable = format!("v{}", self.depth);
        self.fields["Assign"] = match self.language {
            Paths if data == Data::Same => json!({ format!("{variable}.$"): "$" }),
            Jsonata | Paths => json!({ variable: self.data(data) }),
        };
    }

    pub(super) fn seconds(&mut self, field: &str, seconds: Option<u8>, computed: bool) {
        if let Some(seconds) = seconds {
            self.number(field, seconds, computed);
        }
    }

    /// A number, written down or read from a variable. Each is below ten.
    pub(super) fn number(&mut self, field: &str, number: u8, computed: bool) {
        match self.language {
            Jsonata if computed => self.fields[field] = json!(format!("{{% $n0[{number}] %}}")),
            Paths if computed => self.fields[format!("{field}Path")] = json!(format!("$n0[{number}]")),
            _ => self.fields[field] = json!(number),
        }
    }
}
