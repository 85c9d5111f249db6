//! Random numbers that a replay draws again.

use std::cell::Cell;

/// A seeded source: `SplitMix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
///
/// It is small, passes `BigCrush`, and its whole state is the `u64` that the caller keeps. It is no cryptographic source.
#[derive(Clone, Debug)]
pub struct Random(Cell<u64>);

impl Random {
    /// A source that always gives the same numbers for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    /// The next number.
    pub fn next_u64(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number in `[0, 1)`, evenly spread over the 2⁵³ multiples of 2⁻⁵³.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit an f64 exactly")]
    pub fn next_f64(&self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A version 4 UUID in its usual text.
    pub fn next_uuid(&self) -> String {
        let bits = (u128::from(self.next_u64()) << 64) | u128::from(self.next_u64());
        uuid::Builder::from_random_bytes(bits.to_be_bytes())
            .into_uuid()
            .to_string()
    }

    /// The state, from which [`Random::new`] goes on.
    pub fn state(&self) -> u64 {
        self.0.get()
    }

    /// Goes on from another state.
    pub fn set_state(&self, state: u64) {
        self.0.set(state);
    }
}

/// The number that `$random(seed)` and `States.MathRandom` draw from a seed: the first `nextDouble()` of
/// `java.util.Random`, whose generator is part of Java's specification. AWS gives 0.7275636800328681 for 42.
#[expect(clippy::cast_precision_loss, reason = "53 bits fit an f64 exactly")]
pub fn seeded(seed: i64) -> f64 {
    const MULTIPLIER: u64 = 0x5_deec_e66d;
    const MASK: u64 = (1 << 48) - 1;
    let step = |state: u64| state.wrapping_mul(MULTIPLIER).wrapping_add(0xb) & MASK;
    let first = step((seed.cast_unsigned() ^ MULTIPLIER) & MASK);
    let second = step(first);
    let bits = ((first >> 22) << 27) + (second >> 21);
    bits as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_number_that_aws_gives() {
        assert_eq!(seeded(42).to_bits(), 0.727_563_680_032_868_1_f64.to_bits());
    }

    #[test]
    fn the_generator_is_splitmix64() {
        // The first outputs for seed 1234567 in the reference implementation (prng.di.unimi.it/splitmix64.c).
        let random = Random::new(1_234_567);
        let drawn: Vec<_> = (0..3).map(|_| random.next_u64()).collect();
        assert_eq!(
            drawn,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn uuids_are_of_version_4_and_repeat_with_the_seed() {
        let uuid = Random::new(7).next_uuid();
        assert_eq!(uuid, Random::new(7).next_uuid());
        assert_eq!(uuid.as_bytes()[14], b'4');
    }
}
