//! What is run: definitions as people write them, with an input and the output that must come of it.

use serde_json::{Value, json};

/// A definition, what goes in and what comes out.
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    pub(crate) definition: Value,
    pub(crate) input: Value,
    pub(crate) output: Value,
}

/// Those whose throughput is measured.
pub(crate) fn all() -> [Workload; 5] {
    [pass3(), choice(), map100(), parallel(), jsonata()]
}

/// Three states that do next to nothing: what an execution costs at least.
pub(crate) fn pass3() -> Workload {
    Workload {
        name: "pass3: three Pass states",
        definition: json!({ "StartAt": "A", "States": {
            "A": { "Type": "Pass", "Result": 1, "ResultPath": "$.a", "Next": "B" },
            "B": { "Type": "Pass", "Result": 2, "ResultPath": "$.b", "Next": "C" },
            "C": { "Type": "Pass", "End": true }
        } }),
        input: json!({ "order": 7 }),
        output: json!({ "order": 7, "a": 1, "b": 2 }),
    }
}

fn choice() -> Workload {
    Workload {
        name: "choice: a loop of 20 rounds with an intrinsic function",
        definition: json!({ "StartAt": "Enough", "States": {
            "Enough": {
                "Type": "Choice",
                "Choices": [{ "Variable": "$.i", "NumericLessThan": 20, "Next": "Count" }],
                "Default": "Done"
            },
            "Count": { "Type": "Pass", "Parameters": { "i.$": "States.MathAdd($.i, 1)" }, "Next": "Enough" },
            "Done": { "Type": "Succeed" }
        } }),
        input: json!({ "i": 0 }),
        output: json!({ "i": 20 }),
    }
}

fn map100() -> Workload {
    let items: Vec<u32> = (0..100).collect();
    Workload {
        name: "map100: an inline Map over 100 items",
        definition: json!({ "StartAt": "Each", "States": { "Each": {
            "Type": "Map", "ItemsPath": "$.items", "End": true,
            "ItemProcessor": { "StartAt": "One", "States": { "One": { "Type": "Pass", "End": true } } }
        } } }),
        input: json!({ "items": items }),
        output: json!(items),
    }
}

fn parallel() -> Workload {
    let branch = |index: u32| {
        let name = format!("Branch{index}");
        json!({ "StartAt": name, "States": { name.clone(): { "Type": "Pass", "End": true } } })
    };
    let branches: Vec<_> = (0..10).map(branch).collect();
    Workload {
        name: "parallel: ten branches",
        definition: json!({ "StartAt": "All", "States": {
            "All": { "Type": "Parallel", "Branches": branches, "End": true }
        } }),
        input: json!({ "k": 1 }),
        output: json!(vec![json!({ "k": 1 }); 10]),
    }
}

fn jsonata() -> Workload {
    Workload {
        name: "jsonata: sums, filters and variables",
        definition: json!({ "QueryLanguage": "JSONata", "StartAt": "Sum", "States": {
            "Sum": {
                "Type": "Pass",
                "Assign": { "sum": "{% $sum($states.input.lines.(price * count)) %}" },
                "Next": "Label"
            },
            "Label": {
                "Type": "Pass",
                "Assign": { "label": "{% $uppercase($states.input.who) & ': ' & $string($sum) %}" },
                "Next": "Shape"
            },
            "Shape": {
                "Type": "Pass",
                "Output": { "label": "{% $label %}", "dear": "{% [$states.input.lines[price > 4].price] %}" },
                "End": true
            }
        } }),
        input: json!({ "who": "ada", "lines": [
            { "price": 3, "count": 2 }, { "price": 5, "count": 1 }, { "price": 7, "count": 4 }
        ] }),
        output: json!({ "label": "ADA: 39", "dear": [5, 7] }),
    }
}

/// Sleeps, then ends.
pub(crate) fn wait(seconds: u32) -> Workload {
    Workload {
        name: "wait",
        definition: json!({ "StartAt": "Wait", "States": {
            "Wait": { "Type": "Wait", "Seconds": seconds, "Next": "Done" },
            "Done": { "Type": "Succeed" }
        } }),
        input: json!({}),
        output: json!({}),
    }
}

/// Sends its task token to a queue and waits for whoever has it.
pub(crate) fn task_token(queue: &str) -> Workload {
    let arguments = json!({ "QueueUrl": queue, "MessageBody": { "token.$": "$$.Task.Token" } });
    task("arn:aws:states:::sqs:sendMessage.waitForTaskToken", &arguments)
}

/// Waits for a worker of the activity.
pub(crate) fn activity(arn: &str) -> Workload {
    task(arn, &json!({}))
}

/// One task that nobody answers.
fn task(resource: &str, parameters: &Value) -> Workload {
    Workload {
        name: "task",
        definition: json!({ "StartAt": "Task", "States": {
            "Task": { "Type": "Task", "Resource": resource, "Parameters": parameters, "End": true }
        } }),
        input: json!({}),
        output: json!({}),
    }
}
