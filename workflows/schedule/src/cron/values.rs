//! Which values of a field are asked for.

/// A set of numbers below 2,200: minutes, hours, days, months or years.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Values {
    /// The numbers in their order, each once.
    sorted: Vec<u16>,
}

impl Values {
    pub(super) fn new(mut values: Vec<u16>) -> Self {
        values.sort_unstable();
        values.dedup();
        Self { sorted: values }
    }

    pub(super) fn contains(&self, value: u16) -> bool {
        self.sorted.binary_search(&value).is_ok()
    }

    /// Those from `least` on, in their order.
    pub(super) fn from(&self, least: u16) -> impl Iterator<Item = u16> + '_ {
        let first = self.sorted.partition_point(|value| *value < least);
        self.sorted.iter().skip(first).copied()
    }
}
