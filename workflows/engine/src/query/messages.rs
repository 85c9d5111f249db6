//! The evaluator's errors in the words of the reference implementation, which are AWS's.
//!
//! The texts belong to JSONata's error codes (`errorCodes` in jsonata.js). The evaluator has the codes right but words many
//! errors differently and leaves out the values that the reference names: those come from a [`Diagnosis`].

use jsonata_core::evaluator::error_code_prefix;
use serde_json::Value;

use super::diagnosis::Diagnosis;
use super::{Problem, bounds};

/// What an error text of the evaluator says.
pub(super) fn problem(text: &str, diagnosis: &Diagnosis<'_>) -> Problem {
    if text == bounds::MEMORY_TEXT {
        return Problem::Limit(bounds::MEMORY_TEXT);
    }
    // The evaluator leaves out the code where a function of the expression checks its own signature.
    let Some((code, message)) = split_code(text) else {
        return threw("T0410", text);
    };
    if let Some(limit) = bounds::limit(code) {
        return limit;
    }
    match worded(code, message, diagnosis) {
        Some(message) => threw(code, &message),
        None => threw(code, message),
    }
}

/// The leading code of a text, and what follows.
pub(super) fn split_code(text: &str) -> Option<(&str, &str)> {
    let code = error_code_prefix(text)?;
    Some((code, text[code.len() + 1..].trim_start()))
}

fn threw(code: &str, message: &str) -> Problem {
    Problem::Threw {
        code: code.to_owned(),
        message: message.to_owned(),
    }
}

/// The reference's text, or `None` where the evaluator's is the same or the value it needs is out of reach.
fn worded(code: &str, message: &str, diagnosis: &Diagnosis<'_>) -> Option<String> {
    if let Some(text) = fixed(code) {
        return Some(text.to_owned());
    }
    match code {
        // The functions of this engine have the reference's form already.
        "T0410" | "T0411" | "T0412" if message.contains(" of function ") => None,
        "T0410" => {
            let (function, index) = (diagnosis.function(message)?, argument(message)?);
            Some(format!(
                "Argument {index} of function \"{function}\" does not match function signature"
            ))
        }
        "T0411" => {
            let (function, index) = (diagnosis.function(message)?, argument(message)?);
            Some(format!(
                "Context value is not a compatible type with argument {index} of function \"{function}\""
            ))
        }
        "T0412" => {
            let (function, index) = (diagnosis.function(message)?, argument(message)?);
            Some(format!(
                "Argument {index} of function \"{function}\" must be an array of \"{}\"",
                items(message)?
            ))
        }
        "T2001" | "T2002" => quoted_operator(message),
        "T2009" => {
            let (operator, left, right) = diagnosis.comparison()?;
            let sides = format!("{} and {}", json(&left), json(&right));
            Some(format!(
                "The values {sides} either side of operator \"{operator}\" must be of the same data type"
            ))
        }
        "T2010" => {
            let (operator, ..) = diagnosis.comparison()?;
            let must = "must evaluate to numeric or string values";
            Some(format!("The expressions either side of operator \"{operator}\" {must}"))
        }
        "D1002" => Some(format!(
            "Cannot negate a non-numeric value: {}",
            json(&diagnosis.operand()?)
        )),
        "D3030" => Some(format!(
            "Unable to cast value to a number: {}",
            json(&diagnosis.first_argument()?)
        )),
        "D3100" => {
            let radix = message.rsplit(' ').next()?;
            Some(format!(
                "The radix of the formatBase function must be between 2 and 36.  It was given {radix}"
            ))
        }
        _ => None,
    }
}

/// The number of the argument that an error is about: the one named, or the first that is missing or too many.
fn argument(message: &str) -> Option<usize> {
    let numbers = |text: &str| {
        text.split(|c: char| !c.is_ascii_digit())
            .filter_map(|n| n.parse().ok())
            .collect()
    };
    let numbers: Vec<usize> = numbers(message);
    if !message.contains("count mismatch") {
        return numbers.first().copied();
    }
    Some(numbers.iter().min()? + 1)
}

/// The reference's word for the items of an array, from the evaluator's.
fn items(message: &str) -> Option<&'static str> {
    Some(match message.rsplit(' ').next()? {
        "Array" => "arrays",
        "Boolean" => "booleans",
        "Function" => "functions",
        "Number" => "numbers",
        "Object" => "objects",
        "String" => "strings",
        _ => return None,
    })
}

/// `The left side of the + operator …` with the operator in quotes.
fn quoted_operator(message: &str) -> Option<String> {
    let (before, rest) = message.split_once(" of the ")?;
    let (operator, _) = rest.split_once(" operator")?;
    Some(format!(
        "{before} of the \"{operator}\" operator must evaluate to a number"
    ))
}

fn json(value: &Value) -> String {
    value.to_string()
}

/// The texts that name no value.
fn fixed(code: &str) -> Option<&'static str> {
    Some(match code {
        "D1004" => "Regular expression matches zero length string",
        "T1006" => "Attempted to invoke a non-function",
        "T1008" => "Attempted to partially apply a non-function",
        "T2003" => "The left side of the range operator (..) must evaluate to an integer",
        "T2004" => "The right side of the range operator (..) must evaluate to an integer",
        "T2006" => "The right side of the function application operator ~> must be a function",
        "T2008" => "The expressions within an order-by clause must evaluate to numeric or string values",
        "D3001" => "Attempting to invoke string function on Infinity or NaN",
        "D3010" => "Second argument of replace function cannot be an empty string",
        "D3011" => "Fourth argument of replace function must evaluate to a positive number",
        "D3012" => "Attempted to replace a matched string with a non-string value",
        "D3020" => "Third argument of split function must evaluate to a positive number",
        "D3040" => "Third argument of match function must evaluate to a positive number",
        "D3050" => "The second argument of reduce function must be a function with at least two arguments",
        "D3080" => "The picture string must only contain a maximum of two sub-pictures",
        "D3081" => "The sub-picture must not contain more than one instance of the 'decimal-separator' character",
        "D3082" => "The sub-picture must not contain more than one instance of the 'percent' character",
        "D3083" => "The sub-picture must not contain more than one instance of the 'per-mille' character",
        "D3084" => "The sub-picture must not contain both a 'percent' and a 'per-mille' character",
        "D3085" => {
            "The mantissa part of a sub-picture must contain at least one character that is either an 'optional digit \
             character' or a member of the 'decimal digit family'"
        }
        "D3086" => {
            "The sub-picture must not contain a passive character that is preceded by an active character and that is \
             followed by another active character"
        }
        "D3087" => {
            "The sub-picture must not contain a 'grouping-separator' character that appears adjacent to a \
             'decimal-separator' character"
        }
        "D3088" => "The sub-picture must not contain a 'grouping-separator' at the end of the integer part",
        "D3089" => "The sub-picture must not contain two adjacent instances of the 'grouping-separator' character",
        "D3131" => "In a decimal digit pattern, all digits must be from the same decimal group",
        "D3134" => "The timezone integer format specifier cannot have more than four digits",
        "D3135" => "No matching closing bracket ']' in date/time picture string",
        "D3136" => "The date/time picture string is missing specifiers required to parse the timestamp",
        "D3138" => "The $single() function expected exactly 1 matching result.  Instead it matched more.",
        "D3139" => "The $single() function expected exactly 1 matching result.  Instead it matched 0.",
        _ => return None,
    })
}
