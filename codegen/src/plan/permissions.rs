//! What roles gain and lose, and what that means for executions in flight.

use std::collections::BTreeSet;

use serde_json::Value;

use super::shown;

/// An action on a resource that a role allows: role, action, resource, and the condition under which, or nothing.
type Allowed = (String, String, String, String);

/// What is gained and lost, role by role.
pub(super) fn lines(before: &Value, after: &Value) -> String {
    let (old, new) = (allowed(before), allowed(after));
    let line = |word: &str, (role, action, resource, condition): &Allowed| {
        format!("- `{role}` {word} `{action}` on `{resource}`{condition}")
    };
    let gained = new.difference(&old).map(|one| line("gains", one));
    let lost = old.difference(&new).map(|one| line("loses", one));
    gained.chain(lost).collect::<Vec<_>>().join("\n")
}

/// What executions that have begun may miss: they go on with their definition and with the versions of functions that it names,
/// but in the role as it is now.
pub(super) fn in_flight(before: &Value, after: &Value) -> String {
    let roles = roles_of_machines(before);
    let (old, new) = (allowed(before), allowed(after));
    let lost: Vec<String> = old
        .difference(&new)
        .filter(|(role, ..)| roles.contains(role))
        .map(|(role, action, resource, _)| format!("- `{role}`: `{action}` on `{resource}`"))
        .collect();
    if lost.is_empty() {
        return String::new();
    }
    let told = "They go on with the definition and the versions of functions that they began with, but in their state machine's \
                role as it is then. Where one of them still needs what the role loses, it fails: wait until none is left, or \
                keep the permission for one release more.";
    format!("{told}\n\n{}", lost.join("\n"))
}

fn resources<'a>(template: &'a Value, kind: &'a str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let resources = template["Resources"].as_object().into_iter().flatten();
    resources.filter(move |(_, resource)| resource["Type"] == kind)
}

fn roles_of_machines(template: &Value) -> BTreeSet<String> {
    let machines = resources(template, "AWS::Serverless::StateMachine");
    let role = |machine: &Value| {
        machine["Properties"]["Role"]["Fn::GetAtt"][0]
            .as_str()
            .map(str::to_owned)
    };
    machines.filter_map(|(_, machine)| role(machine)).collect()
}

fn allowed(template: &Value) -> BTreeSet<Allowed> {
    let mut found = BTreeSet::new();
    for (role, resource) in resources(template, "AWS::IAM::Role") {
        let policies = resource["Properties"]["Policies"].as_array().into_iter().flatten();
        let statements = policies.flat_map(|policy| listed(&policy["PolicyDocument"]["Statement"]));
        for statement in statements {
            let condition = match &statement["Condition"] {
                Value::Null => String::new(),
                condition => format!(" if `{}`", shown(condition)),
            };
            for action in listed(&statement["Action"]) {
                for on in listed(&statement["Resource"]) {
                    found.insert((role.clone(), shown(action), whole(on), condition.clone()));
                }
            }
        }
    }
    found
}

/// One, or each of a list.
fn listed(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// A resource is never cut short: its end says which one it is.
fn whole(resource: &Value) -> String {
    match resource.get("Fn::Sub").and_then(Value::as_str) {
        Some(text) => text.to_owned(),
        None => resource.as_str().map_or_else(|| shown(resource), str::to_owned),
    }
}
