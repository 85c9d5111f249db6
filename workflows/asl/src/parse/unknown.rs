//! Fields that are not in the table: what to do instead.

use super::fields::{self, Field};
use super::object::Object;
use crate::json::Member;
use crate::operator::is_operator;
use crate::{Finding, Kind, QueryLanguage, StateType};

/// Reports the member if the table does not have it, or has it for the other query language only.
pub(super) fn check(object: &Object<'_>, member: &Member, fields: &[Field]) {
    let pointer = object.pointer.key(&member.key);
    match fields.iter().find(|field| field.name == member.key) {
        None => {
            let message = format!("Field '{}' is not supported", member.key);
            let finding = Finding::of_field(Kind::UnsupportedField, &pointer, message);
            object.sink.push(finding.help(remedy(&member.key, fields)));
        }
        Some(Field {
            name,
            only: Some(language),
        }) if *language != object.language => {
            let message = format!(
                "The QueryLanguage is set to '{:?}', but field '{name}' is only supported for the '{language:?}' \
                 QueryLanguage",
                object.language
            );
            let finding = Finding::of_field(Kind::OtherLanguage, &pointer, message);
            object.sink.push(finding.help(translation(name, *language)));
        }
        Some(_) => {}
    }
}

/// What to write instead of a field that belongs to `language`.
fn translation(name: &str, language: QueryLanguage) -> String {
    let instead = match name {
        "Parameters" => "use `Arguments`",
        "Arguments" => "use `Parameters`",
        "ResultSelector" | "ResultPath" | "OutputPath" | "Result" => "use `Output`",
        "InputPath" => "use `$states.input` in an expression",
        "Output" => "use `Parameters`, `ResultSelector`, `ResultPath` or `OutputPath`",
        "Items" => "use `ItemsPath`",
        "ItemsPath" => "use `Items`",
        "Condition" => "use `Variable` and an operator",
        "Variable" | "And" | "Or" | "Not" => "use `Condition`",
        name => match name.strip_suffix("Path") {
            Some(twin) => return format!("use `{twin}` with an expression"),
            None => return format!("set `QueryLanguage` to `{language:?}`"),
        },
    };
    instead.to_owned()
}

fn remedy(key: &str, fields: &[Field]) -> String {
    if let Some(close) = fields.iter().map(|field| field.name).find(|name| similar(key, name)) {
        return format!("did you mean `{close}`?");
    }
    let types = fields::types_with(key);
    if fields.iter().any(|field| field.name == "Type") && !types.is_empty() {
        let names: Vec<_> = types.iter().map(|kind: &StateType| kind.name()).collect();
        return format!("only these states have it: {}", names.join(", "));
    }
    if fields::RULE.iter().any(|field| field.name == key) {
        return "only the outer rule has it".to_owned();
    }
    let mut names: Vec<_> = fields
        .iter()
        .map(|field| field.name)
        .filter(|name| !is_operator(name))
        .collect();
    names.sort_unstable();
    format!("the fields here are {}", names.join(", "))
}

/// Whether two names differ by case, punctuation, or a letter or two.
pub(crate) fn similar(written: &str, known: &str) -> bool {
    let plain = |text: &str| {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect::<Vec<_>>()
    };
    let (written, known) = (plain(written), plain(known));
    let allowed = match known.len() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    };
    written.len().abs_diff(known.len()) <= allowed && distance(&written, &known) <= allowed
}

/// How many letters must be added, dropped or replaced (Levenshtein).
pub fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
