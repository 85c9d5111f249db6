//! Functions of others beside ours: a state machine reads of their failures what it would on AWS.

use std::path::Path;

use serde_json::{Value, json};
use tests::home::{Home, Serve};

use super::until;

/// A directory with one function that does what it is told, laid out as cargo-lambda does.
pub(super) fn with_unruly(description: &str) -> (tempfile::TempDir, Home) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let function = directory.path().join("unruly");
    std::fs::create_dir(&function).expect("a directory");
    let program: &Path = tests::binary("unruly-function");
    std::os::unix::fs::symlink(program, function.join("bootstrap")).expect("a link");
    std::fs::write(function.join("function.toml"), description).expect("a description");
    let home = Home::new().with("REZ_LAMBDA_BINARIES", directory.path().display().to_string());
    (directory, home)
}

/// Calls Step Functions.
pub(super) async fn ask(serve: &Serve, operation: &str, parameters: Value) -> Value {
    let request = serve
        .http
        .post(&serve.sfn)
        .header("X-Amz-Target", format!("AWSStepFunctions.{operation}"));
    let answer = request.body(parameters.to_string()).send().await.expect("an answer");
    let (status, answer): (_, Value) = (answer.status(), answer.json().await.expect("JSON"));
    assert_eq!(status, 200, "{answer}");
    answer
}

/// Runs a state machine of one task with this event; gives how it ended.
async fn run(serve: &Serve, name: &str, task: &Value, event: Value) -> Value {
    let execution = start(serve, name, task, event).await;
    over(serve, &execution).await
}

/// Starts a state machine of one task with this event; gives the execution's ARN.
pub(super) async fn start(serve: &Serve, name: &str, task: &Value, event: Value) -> Value {
    let mut call = json!({ "Type": "Task", "End": true });
    for (field, value) in task.as_object().expect("fields") {
        call[field] = value.clone();
    }
    let definition = json!({ "StartAt": "Call", "States": { "Call": call } }).to_string();
    let role = "arn:aws:iam::123456789012:role/anybody";
    let machine = ask(
        serve,
        "CreateStateMachine",
        json!({ "name": name, "definition": definition, "roleArn": role }),
    )
    .await;
    let start = json!({ "stateMachineArn": machine["stateMachineArn"], "input": event.to_string() });
    ask(serve, "StartExecution", start).await["executionArn"].take()
}

/// How an execution ended.
pub(super) async fn over(serve: &Serve, execution: &Value) -> Value {
    until(|| async {
        let described = ask(serve, "DescribeExecution", json!({ "executionArn": execution })).await;
        (described["status"] != "RUNNING").then_some(described)
    })
    .await
}

pub(super) const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:unruly";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_of_a_function_are_named_as_on_aws() {
    let (_directory, home) = with_unruly("timeout = 1\nmemory = 256\nenvironment = { COLOUR = \"red\" }");
    let serve = home.serve();
    let task = json!({ "Resource": ARN });
    let answered = run(&serve, "environment", &task, json!({ "do": "environment" })).await;
    assert_eq!(answered["status"], "SUCCEEDED", "{answered}");
    let environment: Value = serde_json::from_str(answered["output"].as_str().expect("an output")).expect("JSON");
    assert_eq!(
        (&environment["COLOUR"], &environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]),
        (&json!("red"), &json!("256"))
    );
    assert_eq!(
        environment["NTFY_URL_PARAM"],
        Value::Null,
        "what it does not name it does not get"
    );

    for (name, event, error, cause) in [
        (
            "custom",
            json!({ "do": "fail" }),
            "Custom",
            r#"{"errorMessage": "as told", "errorType": "Custom", "stackTrace": []}"#,
        ),
        (
            "timeout",
            json!({ "do": "hang" }),
            "Sandbox.Timedout",
            "Error: Task timed out after 1.00 seconds",
        ),
        (
            "exit",
            json!({ "do": "exit", "code": 3 }),
            "Runtime.ExitError",
            "Error: Runtime exited with error: exit status 3",
        ),
        (
            "quiet",
            json!({ "do": "exit" }),
            "Runtime.ExitError",
            "Error: Runtime exited without providing a reason",
        ),
        (
            "large",
            json!({ "do": "large" }),
            "Function.ResponseSizeTooLarge",
            "(6291556 bytes)",
        ),
    ] {
        let failed = run(&serve, name, &task, event).await;
        assert_eq!(
            (&failed["status"], &failed["error"]),
            (&json!("FAILED"), &json!(error)),
            "{failed}"
        );
        let told = failed["cause"].as_str().expect("a cause");
        assert!(told.contains(cause), "{name}: {told}");
    }

    // By `lambda:invoke` the cause has no spaces, and a retry meets a new process.
    let invoke = json!({
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": { "FunctionName": ARN, "Payload.$": "$" },
        "OutputPath": "$.Payload",
    });
    let failed = run(&serve, "compact", &invoke, json!({ "do": "fail" })).await;
    assert_eq!(
        failed["cause"],
        r#"{"errorMessage":"as told","errorType":"Custom","stackTrace":[]}"#
    );
    // Nobody waits for what becomes of an event.
    let event = json!({
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": { "FunctionName": ARN, "InvocationType": "Event", "Payload.$": "$" },
        "ResultSelector": { "status.$": "$.StatusCode", "payload.$": "$.Payload" },
    });
    for (name, what) in [("event", "say"), ("event that fails", "fail")] {
        let taken = run(&serve, &name.replace(' ', "-"), &event, json!({ "do": what })).await;
        assert_eq!(taken["output"], r#"{"status":202,"payload":""}"#, "{taken}");
    }
    let mut caught = task.clone();
    caught["Catch"] = json!([{ "ErrorEquals": ["Sandbox.Timedout"], "Next": "Call" }]);
    caught["Retry"] = json!([{ "ErrorEquals": ["Runtime.ExitError"], "IntervalSeconds": 1, "MaxAttempts": 1 }]);
    let failed = run(&serve, "retried", &caught, json!({ "do": "exit", "code": 4 })).await;
    assert_eq!(failed["error"], "Runtime.ExitError");
    let history = ask(
        &serve,
        "GetExecutionHistory",
        json!({ "executionArn": failed["executionArn"] }),
    )
    .await;
    assert_eq!(
        history.to_string().matches("LambdaFunctionStarted").count(),
        2,
        "{history}"
    );
    serve.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_that_fails_says_what_the_function_said() {
    for (init, error, cause) in [
        ("error", "Init.Failed", "no configuration"),
        ("exit", "Runtime.ExitError", "exit status 7"),
    ] {
        let (_directory, home) = with_unruly(&format!("environment = {{ UNRULY_INIT = \"{init}\" }}"));
        let serve = home.serve();
        let failed = run(&serve, init, &json!({ "Resource": ARN }), json!({})).await;
        assert_eq!(failed["error"], error, "{failed}");
        assert!(
            failed["cause"].as_str().is_some_and(|told| told.contains(cause)),
            "{failed}"
        );
        serve.stop();
    }
}
