//! The parts that people write: YAML with CloudFormation's short tags.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};
use serde_norway::Value as Yaml;

use super::TemplateError;

/// A part: its name, and its sections.
pub(crate) type Part = (String, Map<String, Value>);

/// Every part below `infra/aws/parts`, sorted by name.
pub(crate) fn parts(directory: &Path) -> Result<Vec<Part>, TemplateError> {
    let unreadable = |source| TemplateError::Read {
        path: directory.to_owned(),
        source,
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    let mut parts = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).map_err(|source| TemplateError::Read {
            path: path.clone(),
            source,
        })?;
        let yaml: Yaml =
            serde_norway::from_str(&text).map_err(|error| TemplateError::wrong(&path, error.to_string()))?;
        let Value::Object(sections) = long(yaml).map_err(|detail| TemplateError::wrong(&path, detail))? else {
            return Err(TemplateError::wrong(&path, "must be a mapping of sections"));
        };
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        parts.push((name, sections));
    }
    Ok(parts)
}

/// A text with short tags (`!Ref X`) as a value with long forms (`{"Ref": "X"}`).
///
/// Source: CloudFormation User Guide, "Intrinsic function reference".
fn long(yaml: Yaml) -> Result<Value, String> {
    Ok(match yaml {
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let value = long(tagged.value)?;
            match tag.trim_start_matches('!') {
                "Ref" => json!({ "Ref": value }),
                "Condition" => json!({ "Condition": value }),
                "GetAtt" => {
                    let (resource, attribute) = value
                        .as_str()
                        .and_then(|path| path.split_once('.'))
                        .ok_or("!GetAtt must be written Resource.Attribute")?;
                    json!({ "Fn::GetAtt": [resource, attribute] })
                }
                name => json!({ (format!("Fn::{name}")): value }),
            }
        }
        Yaml::Mapping(mapping) => {
            let mut object = Map::new();
            for (key, value) in mapping {
                let key = key
                    .as_str()
                    .ok_or("a key is not a text: write it in quotes")?
                    .to_owned();
                object.insert(key, long(value)?);
            }
            Value::Object(object)
        }
        Yaml::Sequence(items) => Value::Array(items.into_iter().map(long).collect::<Result<_, _>>()?),
        plain => serde_json::to_value(plain).map_err(|error| error.to_string())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_tags_have_long_forms() {
        let yaml: Yaml = serde_norway::from_str(
            "a: !Ref X\nb: !GetAtt X.Arn\nc: !Sub '${X}-y'\nd: !If [A, !Ref B, [1, true, \"OFF\"]]\n",
        )
        .unwrap();
        let expected = json!({
            "a": { "Ref": "X" },
            "b": { "Fn::GetAtt": ["X", "Arn"] },
            "c": { "Fn::Sub": "${X}-y" },
            "d": { "Fn::If": ["A", { "Ref": "B" }, [1, true, "OFF"]] },
        });
        assert_eq!(long(yaml).unwrap(), expected);
    }

    #[test]
    fn an_attribute_needs_its_resource() {
        assert!(long(serde_norway::from_str("!GetAtt X").unwrap()).is_err());
    }
}
