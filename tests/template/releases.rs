//! What the template promises about releases: whatever runs goes on as it began, new versions take over step by step, and no end
//! of an execution is lost on the way.

use serde_json::Value;

use super::promises::Promise;
use super::properties::{Wanted, each, held, names, plain, statements, texts};

/// Every promise of releases.
pub(crate) const ALL: [Promise; 3] = [
    Promise {
        what: "a release never changes what a running execution does: functions are called by version, and every version stays",
        faults: versions,
        stands_on: |template| {
            let mut pointers = each(template, MACHINE, &["DefinitionSubstitutions", "AutoPublishAlias"]);
            pointers.push("/Globals/Function/AutoPublishAlias".to_owned());
            // Without it a version holds the code, and the settings are whatever stands there when it is called.
            pointers.extend(each(template, FUNCTION, &["AutoPublishAliasAllProperties"]));
            let substitution = "/Resources/ProcessMessage/Properties/DefinitionSubstitutions/DeliverMessageArn/Ref";
            pointers.push(substitution.to_owned());
            pointers
        },
    },
    Promise {
        what: "in prod new versions take over in steps of 10 % every 3 minutes, and go back when something breaks",
        faults: shifts,
        stands_on: |template| {
            let preference = |property: &str| format!("DeploymentPreference/{property}");
            let of_machines = ["Type", "Percentage", "Interval", "Alarms"].map(preference);
            let of_machines: Vec<&str> = of_machines.iter().map(String::as_str).collect();
            let mut pointers = each(template, MACHINE, &of_machines);
            for function in SHIFTED {
                let below = format!("/Resources/{function}/Properties/DeploymentPreference");
                pointers.extend([
                    format!("{below}/Type"),
                    format!("{below}/Alarms/0"),
                    format!("{below}/Alarms/1"),
                ]);
            }
            for alarm in ["ApiFaults", "ProcessMessageFailed", "WebApiErrors"] {
                pointers.push(format!("/Resources/{alarm}"));
            }
            pointers.push("/Resources/DailySchedule/Properties/Target/Arn".to_owned());
            pointers
                .extend(starters(template).map(|name| format!("/Resources/{name}{SETTINGS}/STATE_MACHINE_ALIAS_ARN")));
            pointers
        },
    },
    Promise {
        what: "no end of an execution is lost: it is handed over for a day, tried three times, and then kept for a person",
        faults: ends,
        stands_on: |_| {
            let rule = "/Resources/EndOfExecutionRule/Properties";
            let function = "/Resources/RecordOutcome/Properties/EventInvokeConfig";
            let mut pointers: Vec<String> = [
                "EventPattern/detail/status/0",
                "Targets/0/RetryPolicy",
                "Targets/0/DeadLetterConfig",
            ]
            .map(|property| format!("{rule}/{property}"))
            .into();
            let of_function = [
                "MaximumRetryAttempts",
                "MaximumEventAgeInSeconds",
                "DestinationConfig/OnFailure",
            ];
            pointers.extend(of_function.map(|property| format!("{function}/{property}")));
            pointers.extend(
                ["UndeliveredQueuePolicy", "EndOfExecutionPermission", "Undelivered"]
                    .map(|name| format!("/Resources/{name}")),
            );
            pointers
        },
    },
];

const MACHINE: &str = "AWS::Serverless::StateMachine";
const FUNCTION: &str = "AWS::Serverless::Function";
const SETTINGS: &str = "/Properties/Environment/Variables";

/// The functions that API Gateway calls by their alias; every other one is called by version, or by who is not an execution.
const SHIFTED: [&str; 2] = ["Authorizer", "WebApi"];

fn versions(template: &Value) -> Vec<String> {
    let mut faults = held(template, &[("Globals/Function/AutoPublishAlias", Wanted::Is("live"))]);
    for machine in names(template, MACHINE) {
        let properties = &template["Resources"][&machine]["Properties"];
        let path = format!("Resources/{machine}/Properties/AutoPublishAlias");
        faults.extend(held(template, &[(&path, Wanted::Is("live"))]));
        let substitutions = properties["DefinitionSubstitutions"].as_object();
        let mut called = 0;
        for (placeholder, value) in substitutions.into_iter().flatten() {
            let function = placeholder.strip_suffix("Arn").unwrap_or_default();
            if template["Resources"][function]["Type"] != FUNCTION {
                continue;
            }
            called += 1;
            if plain(&value["Ref"]) != format!("{function}.Version") {
                faults.push(format!("{machine} calls {function} by {value}"));
            }
            // Executions that began before this release call the versions before it.
            let role = plain(&properties["Role"]["Fn::GetAtt"][0]);
            let every = format!("${{{function}.Arn}}:*");
            let may = statements(&template["Resources"][&role])
                .any(|statement| texts(&statement["Resource"]).contains(&every));
            if !may {
                faults.push(format!("{role} may not call older versions of {function}"));
            }
        }
        if called == 0 {
            faults.push(format!("{machine} calls no function"));
        }
    }
    for function in names(template, FUNCTION) {
        let properties = &template["Resources"][&function]["Properties"];
        if properties["AutoPublishAliasAllProperties"] != true || properties.get("VersionDeletionPolicy").is_some() {
            faults.push(format!("{function}: a version is its code and its settings, and stays"));
        }
    }
    faults
}

fn shifts(template: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    for machine in names(template, MACHINE) {
        let path = |property: &str| format!("Resources/{machine}/Properties/DeploymentPreference/{property}/Fn::If/");
        for (property, value) in [("Type", "LINEAR"), ("Percentage", "10"), ("Interval", "3")] {
            let (condition, wanted) = (path(property) + "0", path(property) + "1");
            faults.extend(held(
                template,
                &[(&condition, Wanted::Is("IsProd")), (&wanted, Wanted::Is(value))],
            ));
        }
        let alarms = &template["Resources"][&machine]["Properties"]["DeploymentPreference"]["Alarms"]["Fn::If"][1];
        faults.extend(alarmed(template, &machine, alarms));
    }
    for function in names(template, FUNCTION) {
        let preference = &template["Resources"][&function]["Properties"]["DeploymentPreference"];
        if !SHIFTED.contains(&function.as_str()) {
            if !preference.is_null() {
                faults.push(format!("{function} is called by version: nothing of it can be shifted"));
            }
            continue;
        }
        if preference["Type"]["Fn::If"][1] != "Linear10PercentEvery3Minutes" {
            faults.push(format!("{function} is not shifted"));
        }
        faults.extend(alarmed(template, &function, &preference["Alarms"]));
        for wanted in [format!("{function}Errors"), "ApiFaults".to_owned()] {
            let named = preference["Alarms"].as_array().into_iter().flatten();
            if !named.clone().any(|alarm| alarm["Ref"] == wanted.as_str()) {
                faults.push(format!("{function} does not go back for {wanted}"));
            }
        }
    }
    // What is started by the state machine's own ARN gets the newest version at once.
    let alias = [(
        "Resources/DailySchedule/Properties/Target/Arn/Ref",
        Wanted::Is("ProcessMessageAliaslive"),
    )];
    faults.extend(held(template, &alias));
    for name in starters(template) {
        let path = format!("Resources/{name}{SETTINGS}/STATE_MACHINE_ALIAS_ARN/Ref");
        faults.extend(held(template, &[(&path, Wanted::Is("ProcessMessageAliaslive"))]));
    }
    faults
}

/// The functions that start executions of `process-message`.
fn starters(template: &Value) -> impl Iterator<Item = String> {
    let starts = |name: &String| {
        template
            .pointer(&format!("/Resources/{name}{SETTINGS}/STATE_MACHINE_ARN"))
            .is_some()
    };
    names(template, FUNCTION).into_iter().filter(starts)
}

/// Somebody watches, and what is watched is never ntfy's health: dead letters, breakers and slow messages are no fault of a
/// release.
fn alarmed(template: &Value, name: &str, alarms: &Value) -> Vec<String> {
    const NTFY: [&str; 6] = [
        "ExecutionsFailed",
        "NotificationsSent",
        "CircuitBreakerState",
        "ProcessingDuration",
        "ApproximateNumberOfMessagesVisible",
        "ApproximateAgeOfOldestMessage",
    ];
    let alarms = alarms.as_array().cloned().unwrap_or_default();
    let mut faults = Vec::new();
    if alarms.is_empty() {
        faults.push(format!("{name} goes back for nothing"));
    }
    for alarm in alarms.iter().map(|alarm| plain(&alarm["Ref"])) {
        let properties = &template["Resources"][&alarm]["Properties"];
        if properties.is_null() {
            faults.push(format!("{name} goes back for {alarm}, which is no alarm"));
        }
        if NTFY.contains(&plain(&properties["MetricName"]).as_str()) {
            faults.push(format!("{name} goes back for {alarm}, which may be ntfy's doing"));
        }
    }
    faults
}

fn ends(template: &Value) -> Vec<String> {
    let rule = |path: &str| format!("Resources/EndOfExecutionRule/Properties/{path}");
    let function = |path: &str| format!("Resources/RecordOutcome/Properties/EventInvokeConfig/{path}");
    let queue = Wanted::Is("UndeliveredQueue");
    let mut faults = Vec::new();
    for (path, wanted) in [
        (rule("EventPattern/detail/status/0"), Wanted::Is("FAILED")),
        (rule("EventPattern/detail/status/1"), Wanted::Is("TIMED_OUT")),
        (rule("EventPattern/detail/status/2"), Wanted::Is("ABORTED")),
        (
            rule("EventPattern/detail/stateMachineArn/0/Ref"),
            Wanted::Is("ProcessMessage"),
        ),
        (rule("Targets/0/Arn/Ref"), Wanted::Is("RecordOutcome.Alias")),
        (
            rule("Targets/0/RetryPolicy/MaximumEventAgeInSeconds"),
            Wanted::Is("86400"),
        ),
        (rule("Targets/0/RetryPolicy/MaximumRetryAttempts"), Wanted::Is("185")),
        (rule("Targets/0/DeadLetterConfig/Arn/Fn::GetAtt/0"), queue),
        (function("MaximumRetryAttempts"), Wanted::Is("2")),
        (function("MaximumEventAgeInSeconds"), Wanted::Is("21600")),
        (function("DestinationConfig/OnFailure/Type"), Wanted::Is("SQS")),
        (function("DestinationConfig/OnFailure/Destination/Fn::GetAtt/0"), queue),
        (
            "Resources/Undelivered/Properties/Dimensions/0/Value/Fn::GetAtt/0".to_owned(),
            queue,
        ),
        (
            "Resources/EndOfExecutionPermission/Properties/FunctionName/Ref".to_owned(),
            Wanted::Is("RecordOutcome.Alias"),
        ),
    ] {
        faults.extend(held(template, &[(&path, wanted)]));
    }
    // Both senders may: EventBridge by the queue's policy, Lambda in the function's name.
    let policy = &template["Resources"]["UndeliveredQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"][0];
    let rule_may = policy["Principal"]["Service"] == "events.amazonaws.com" && policy["Action"][0] == "sqs:SendMessage";
    if !rule_may {
        faults.push("EventBridge may not write to the queue".to_owned());
    }
    let function_may = statements(&template["Resources"]["RecordOutcomeRole"]).any(|statement| {
        let on = &statement["Resource"][0]["Fn::GetAtt"][0];
        texts(&statement["Action"]) == ["sqs:SendMessage"] && on == "UndeliveredQueue"
    });
    if !function_may {
        faults.push("record-outcome may not write to the queue".to_owned());
    }
    faults
}
