//! A template as a stage has it: parameters, conditions and mappings resolved as far as they can be without AWS.
//!
//! Source: CloudFormation Template Reference, "Intrinsic functions" and "Conditions".

use serde_json::{Map, Value, json};

use super::parameters::Values;

/// The template with these values. Resources and outputs whose condition does not hold are left out.
pub(super) fn template(template: &Value, values: &Values) -> Value {
    let stage = Stage { template, values };
    let mut sections = Map::new();
    for (section, content) in template.as_object().into_iter().flatten() {
        let conditional = matches!(section.as_str(), "Resources" | "Outputs");
        let entries = match content {
            Value::Object(entries) if conditional => {
                let there = entries.iter().filter(|(_, entry)| stage.is_there(entry));
                Value::Object(
                    there
                        .map(|(name, entry)| (name.clone(), stage.resolved(entry)))
                        .collect(),
                )
            }
            other => other.clone(),
        };
        sections.insert(section.clone(), entries);
    }
    Value::Object(sections)
}

struct Stage<'a> {
    template: &'a Value,
    values: &'a Values,
}

/// Conditions name conditions; a template whose conditions go in a circle is refused by CloudFormation.
const DEEPEST: usize = 16;

impl Stage<'_> {
    /// What nobody can decide here is there.
    fn is_there(&self, entry: &Value) -> bool {
        let condition = entry.get("Condition").and_then(Value::as_str);
        condition.and_then(|name| self.named(name, DEEPEST)).unwrap_or(true)
    }

    fn named(&self, condition: &str, left: usize) -> Option<bool> {
        self.holds(self.template["Conditions"].get(condition)?, left.checked_sub(1)?)
    }

    fn holds(&self, condition: &Value, left: usize) -> Option<bool> {
        let (function, argument) = single(condition)?;
        let each = || {
            argument
                .as_array()
                .into_iter()
                .flatten()
                .map(|one| self.holds(one, left))
        };
        match function {
            "Condition" => self.named(argument.as_str()?, left),
            "Fn::Equals" => {
                let (one, two) = (self.resolved(argument.get(0)?), self.resolved(argument.get(1)?));
                (one.is_string() && two.is_string()).then_some(one == two)
            }
            "Fn::Not" => Some(!self.holds(argument.get(0)?, left)?),
            "Fn::And" => each().try_fold(true, |all, one| Some(all && one?)),
            "Fn::Or" => each().try_fold(false, |any, one| Some(any || one?)),
            _ => None,
        }
    }

    fn resolved(&self, value: &Value) -> Value {
        if let Some((function, argument)) = single(value)
            && let Some(known) = self.call(function, argument)
        {
            return known;
        }
        match value {
            Value::Object(members) => {
                let members = members
                    .iter()
                    .map(|(name, member)| (name.clone(), self.resolved(member)));
                Value::Object(members.filter(|(_, member)| !is_nothing(member)).collect())
            }
            Value::Array(items) => items
                .iter()
                .map(|item| self.resolved(item))
                .filter(|item| !is_nothing(item))
                .collect(),
            plain => plain.clone(),
        }
    }

    /// The value of a function, where everything that it needs is known.
    fn call(&self, function: &str, argument: &Value) -> Option<Value> {
        match function {
            "Ref" => self.values.get(argument.as_str()?).map(|value| json!(value)),
            "Fn::FindInMap" => {
                let keys = self.resolved(argument);
                let key = |place: usize| keys.get(place)?.as_str();
                self.template["Mappings"]
                    .get(key(0)?)?
                    .get(key(1)?)?
                    .get(key(2)?)
                    .cloned()
            }
            "Fn::If" => {
                let holds = self.named(argument.get(0)?.as_str()?, DEEPEST)?;
                Some(self.resolved(argument.get(if holds { 1 } else { 2 })?))
            }
            "Fn::Sub" => Some(self.substituted(argument.as_str()?)),
            "Fn::Join" => {
                let list = self.resolved(argument.get(1)?);
                let parts: Option<Vec<&str>> = list.as_array()?.iter().map(Value::as_str).collect();
                Some(json!(parts?.join(argument.get(0)?.as_str()?)))
            }
            _ => None,
        }
    }

    fn substituted(&self, text: &str) -> Value {
        let mut text = text.to_owned();
        for (name, value) in self.values {
            text = text.replace(&format!("${{{name}}}"), value);
        }
        if text.contains("${") {
            json!({ "Fn::Sub": text })
        } else {
            Value::String(text)
        }
    }
}

/// The only member of an object.
fn single(value: &Value) -> Option<(&str, &Value)> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    object.iter().next().map(|(name, argument)| (name.as_str(), argument))
}

fn is_nothing(value: &Value) -> bool {
    value.get("Ref").is_some_and(|name| name == "AWS::NoValue")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_stage(name: &str) -> Value {
        let document = json!({
            "Mappings": { "Stages": { "dev": { "Days": 7 }, "prod": { "Days": 30 } } },
            "Conditions": {
                "IsProd": { "Fn::Equals": [{ "Ref": "Stage" }, "prod"] },
                "IsNot": { "Fn::Not": [{ "Condition": "IsProd" }] },
                "Both": { "Fn::And": [{ "Condition": "IsProd" }, { "Condition": "IsNot" }] },
                "Circle": { "Condition": "Circle" },
            },
            "Resources": {
                "Kept": { "Properties": {
                    "Name": { "Fn::Sub": "a-${Stage}" },
                    "Address": { "Fn::Sub": "${AWS::Region}-${Stage}" },
                    "Days": { "Fn::FindInMap": ["Stages", { "Ref": "Stage" }, "Days"] },
                    "Alarms": { "Fn::If": ["IsProd", [{ "Ref": "Alarm" }], { "Ref": "AWS::NoValue" }] },
                    "Unknown": { "Fn::If": ["Circle", 1, 2] },
                } },
                "OnlyDev": { "Condition": "IsNot", "Properties": {} },
                "Never": { "Condition": "Both", "Properties": {} },
            },
        });
        template(&document, &[("Stage".to_owned(), name.to_owned())].into())
    }

    #[test]
    fn a_stage_is_what_cloudformation_would_make_of_it() {
        let (dev, prod) = (of_stage("dev"), of_stage("prod"));
        let names =
            |template: &Value| -> Vec<String> { template["Resources"].as_object().unwrap().keys().cloned().collect() };
        assert_eq!(
            (names(&dev), names(&prod)),
            (vec!["Kept".to_owned(), "OnlyDev".to_owned()], vec!["Kept".to_owned()])
        );
        let expected = json!({
            "Name": "a-prod", "Address": { "Fn::Sub": "${AWS::Region}-prod" }, "Days": 30, "Alarms": [{ "Ref": "Alarm" }],
            "Unknown": { "Fn::If": ["Circle", 1, 2] },
        });
        assert_eq!(prod["Resources"]["Kept"]["Properties"], expected);
        let properties = &dev["Resources"]["Kept"]["Properties"];
        assert_eq!((properties["Days"].as_u64(), properties.get("Alarms")), (Some(7), None));
    }
}
