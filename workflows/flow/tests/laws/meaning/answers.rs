//! What is answered to those who ask: it depends on the question alone.

/// What the activity answers: it depends on the question alone.
pub(crate) fn answer(step: u32, number: u32, attempt: u32) -> Result<u32, Fault> {
    match (step * 7 + number * 3 + attempt * 5) % 6 {
        0 => Err(Fault::Declined),
        1 => Err(Fault::Locked((number + 1) % 10)),
        2 => Err(Fault::Busy),
        _ => Ok((number + step) % 10),
    }
}

pub(crate) enum Fault {
    Declined,
    Locked(u32),
    Busy,
}

/// Whether a worker says of an error that it has locked something without saying which.
pub(crate) fn unreadable(step: u32, number: u32) -> bool {
    (step + number).is_multiple_of(2)
}

/// What DynamoDB reports of a condition that does not hold, and of anything else.
pub(crate) const CONDITION_FAILED: &str = "DynamoDB.ConditionalCheckFailedException";
const THROTTLED: &str = "DynamoDB.ThrottlingException";

/// What becomes of what is written, by the step and the sum of everything in it.
pub(crate) fn written(step: u32, sum: u32) -> Result<(), &'static str> {
    match answer(step, sum, 0) {
        Ok(_) | Err(Fault::Busy) => Ok(()),
        Err(Fault::Declined) => Err(CONDITION_FAILED),
        Err(Fault::Locked(_)) => Err(THROTTLED),
    }
}

/// An item that is stored, if there is one: its number, its list and its limit.
pub(crate) fn stored(step: u32, number: u32) -> Option<(u32, Vec<u32>, Option<u32>)> {
    let list = (0..(step + number) % 3).collect();
    let limit = number.is_multiple_of(2).then_some(number);
    answer(step, number, 0).ok().map(|number| (number, list, limit))
}
