//! What an activity is given cannot be written as JSON.
use expr::{Activity, NoError, Shape};

#[derive(Shape)]
struct Parcel {
    grams: u32,
}

struct WeighParcel;

impl Activity for WeighParcel {
    const NAME: &'static str = "WeighParcel";
    type Input = Parcel;
    type Output = u32;
    type Error = NoError;
}

fn main() {}
