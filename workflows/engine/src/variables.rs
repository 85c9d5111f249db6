//! Which variables the states of a definition refer to.

use serde_json::Value;

use crate::query::variables_in;

/// The fields of a state that hold states of their own.
const INNER: [&str; 3] = ["Branches", "ItemProcessor", "Iterator"];

/// Every state that refers to variables in its JSONata expressions, with their names without `$`, in the order of the
/// definition. States inside of branches and processors stand on their own.
///
/// Source: API reference, `DescribeStateMachine`, `variableReferences`.
pub fn variable_references(definition: &Value) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    of_states(definition, &mut found);
    found
}

fn of_states(scope: &Value, found: &mut Vec<(String, Vec<String>)>) {
    for (name, state) in scope.get("States").and_then(Value::as_object).into_iter().flatten() {
        let mut variables = Vec::new();
        let fields = state.as_object().into_iter().flatten();
        fields
            .filter(|(field, _)| !INNER.contains(&field.as_str()))
            .for_each(|(_, value)| of_value(value, &mut variables));
        if !variables.is_empty() {
            found.push((name.clone(), variables));
        }
        for inner in INNER.iter().filter_map(|field| state.get(field)) {
            match inner {
                Value::Array(branches) => branches.iter().for_each(|branch| of_states(branch, found)),
                processor => of_states(processor, found),
            }
        }
    }
}

fn of_value(value: &Value, variables: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            for name in variables_in(text) {
                if !variables.contains(&name) {
                    variables.push(name);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| of_value(item, variables)),
        Value::Object(fields) => fields.values().for_each(|field| of_value(field, variables)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::variable_references;

    #[test]
    fn states_without_variables_are_left_out_and_inner_states_stand_alone() {
        let definition = json!({ "StartAt": "A", "States": {
            "A": { "Type": "Pass", "Assign": { "x": 1 }, "Next": "B" },
            "B": { "Type": "Pass", "Output": { "a": ["{% $x %}"], "b": "{% $y + $x %}" }, "Next": "C" },
            "C": { "Type": "Map", "Items": "{% $list %}", "End": true, "ItemProcessor": { "StartAt": "D", "States": {
                "D": { "Type": "Pass", "Output": "{% $z %}", "End": true } } } } } });
        let found: Vec<_> = variable_references(&definition)
            .into_iter()
            .map(|(state, names)| format!("{state}: {}", names.join(" ")))
            .collect();
        assert_eq!(found, ["B: x y", "C: list", "D: z"]);
    }
}
