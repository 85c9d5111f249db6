//! JSONata's functions of time and chance, answered from the scope and never from this machine.

use jsonata_core::value::JValue;

use super::host::{Ambient, Outcome, arguments, builtin, error, integer};
use super::{bounds, dates, seeded};

/// `$now(picture?, timezone?)`: the scope's time, which one evaluation sees standing still.
pub(super) fn now(ambient: &Ambient, args: &[JValue]) -> Outcome {
    let [picture, timezone] = arguments("now", args)?;
    if picture.is_none() && timezone.is_none() {
        return Ok(JValue::string(format!("{:.3}", ambient.now)));
    }
    let mut from_millis = vec![millis(ambient, &[])?];
    from_millis.extend([picture, timezone].map(|argument| argument.cloned().unwrap_or(JValue::Undefined)));
    self::from_millis(&from_millis)
}

/// `$fromMillis(millis, picture?, timezone?)`, where the picture asks for a text that the machine can hold: the evaluator
/// makes any width at once, and a process that is refused the memory dies.
pub(super) fn from_millis(args: &[JValue]) -> Outcome {
    match args {
        // The context item, which Step Functions leaves undefined and no function of the engine sees.
        [] => Err(error(
            "T0411: Context value is not a compatible type with argument 1 of function \"fromMillis\"",
        )),
        _ if args.iter().all(dates::is_bearable) => builtin("fromMillis", args),
        _ => Err(error(bounds::MEMORY_TEXT)),
    }
}

/// `$millis()`.
#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of jiff's years fit an f64 exactly"
)]
pub(super) fn millis(ambient: &Ambient, args: &[JValue]) -> Outcome {
    let [] = arguments("millis", args)?;
    Ok(JValue::Number(ambient.now.as_millisecond() as f64))
}

/// `$toMillis(text, picture?)`: what the picture leaves out at its beginning is the scope's date.
pub(super) fn to_millis(ambient: &Ambient, args: &[JValue]) -> Outcome {
    if !args.iter().skip(1).all(dates::is_bearable) {
        return Err(error(bounds::MEMORY_TEXT));
    }
    if let [JValue::String(text), JValue::String(picture)] = args
        && let Some((date, parts)) = dates::missing(picture, ambient.now)
    {
        let completed = [format!("{date}{text}"), format!("{parts}{picture}")];
        return builtin("toMillis", &completed.map(JValue::string));
    }
    builtin("toMillis", args)
}

/// `$random(seed?)`: a number in `[0, 1)`; always the same one for a seed.
pub(super) fn random(ambient: &Ambient, args: &[JValue]) -> Outcome {
    let [seed] = arguments("random", args)?;
    Ok(JValue::Number(match seed {
        None => ambient.random.next_f64(),
        seed => seeded(integer("random", 1, seed)?),
    }))
}

/// `$uuid()`.
pub(super) fn uuid(ambient: &Ambient, args: &[JValue]) -> Outcome {
    let [] = arguments("uuid", args)?;
    Ok(JValue::string(ambient.random.next_uuid()))
}

/// `$shuffle(array)`: Fisher and Yates, from the scope's numbers.
pub(super) fn shuffle(ambient: &Ambient, args: &[JValue]) -> Outcome {
    let [array] = arguments("shuffle", args)?;
    let Some(array) = array else {
        return Ok(JValue::Undefined);
    };
    let mut items = array.as_array().cloned().unwrap_or_else(|| vec![array.clone()]);
    for last in (1..items.len()).rev() {
        let below = (u128::from(ambient.random.next_u64()) * (last as u128 + 1)) >> 64;
        items.swap(last, usize::try_from(below).expect("less than the number of items"));
    }
    Ok(JValue::array(items))
}
