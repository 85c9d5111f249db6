//! The texts of a step and their places in its list.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// The texts of a step, each once.
#[derive(Default)]
pub(super) struct Texts<'a> {
    list: Vec<Cow<'a, str>>,
    indices: HashMap<Place<'a>, usize, BuildHasherDefault<Address>>,
}

impl<'a> Texts<'a> {
    /// The place of a text in the list.
    pub(super) fn index(&mut self, text: &'a str) -> usize {
        let next = self.list.len();
        let index = *self.indices.entry(Place(text)).or_insert(next);
        if index == next {
            self.list.push(Cow::Borrowed(text));
        }
        index
    }

    /// The texts, in the order of their places.
    pub(super) fn into_list(self) -> Vec<Cow<'a, str>> {
        self.list
    }
}

/// A text by where it lies. What is passed on lies in one place, and comparing long texts would cost more than it saves.
struct Place<'a>(&'a str);

impl PartialEq for Place<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Place<'_> {}

impl Hash for Place<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0.as_ptr(), self.0.len()).hash(state);
    }
}

/// Hashes addresses, which nobody outside can choose: one multiplication for each number, where the standard library's
/// hasher would be most of the work. The factor is 2⁶⁴ divided by the golden ratio.
#[derive(Default)]
struct Address(u64);

impl Hasher for Address {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_usize((*byte).into());
        }
    }

    fn write_usize(&mut self, number: usize) {
        self.0 = (self.0.rotate_left(5) ^ number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    /// The table takes its place from the lowest bits, and a product's best bits are its highest.
    fn finish(&self) -> u64 {
        self.0.rotate_left(32)
    }
}
