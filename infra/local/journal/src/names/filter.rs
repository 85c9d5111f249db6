//! Which hashes are not in a set: a Bloom filter in blocks of one cache line, so that a question costs one look into
//! memory. Source: Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", 2007.

/// The words of a block: 512 bits.
const BLOCK: usize = 8;
/// How many hashes share a block: 16 bits for each. Two of a thousand foreign hashes look as if they were there.
const SHARE: usize = 32;
/// How many bits stand for a hash, each named by nine bits of it.
const BITS: u32 = 6;

/// A set of hashes that may claim to have one that it has not, and never denies one that it has.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Filter {
    words: Vec<u64>,
}

impl Filter {
    /// It has some multiple of so many bytes.
    pub(super) const BLOCK_BYTES: usize = BLOCK * size_of::<u64>();

    /// Of these hashes.
    pub(super) fn new(hashes: impl ExactSizeIterator<Item = u64>) -> Self {
        let blocks = hashes.len().div_ceil(SHARE).max(1);
        let mut filter = Self {
            words: vec![0; blocks * BLOCK],
        };
        for hash in hashes {
            let start = filter.start(hash);
            bits(hash).for_each(|bit| filter.words[start + bit / 64] |= 1 << (bit % 64));
        }
        filter
    }

    /// Whether the hash may be in the set.
    pub(super) fn may_have(&self, hash: u64) -> bool {
        let block = &self.words[self.start(hash)..][..BLOCK];
        bits(hash).all(|bit| block[bit / 64] & 1 << (bit % 64) != 0)
    }

    /// How the database keeps it.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// The filter of what [`Filter::to_bytes`] gave; `None` of anything else.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks();
        let whole = rest.is_empty() && !words.is_empty() && words.len() % BLOCK == 0;
        whole.then(|| Self {
            words: words.iter().map(|word| u64::from_le_bytes(*word)).collect(),
        })
    }

    /// Where the block of a hash begins. The block is named by the high half of the hash, spread over all blocks.
    fn start(&self, hash: u64) -> usize {
        let blocks = (self.words.len() / BLOCK) as u64;
        // It is less than the number of blocks.
        usize::try_from(((hash >> 32) * blocks) >> 32).unwrap_or(0) * BLOCK
    }
}

/// The bits of a block that stand for a hash. Two of them may be the same.
fn bits(hash: u64) -> impl Iterator<Item = usize> {
    // Multiplied, so that they do not depend on the bits that name the block.
    let mixed = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (0..BITS).map(move |index| (mixed >> (10 + 9 * index) & 511) as usize)
}

#[cfg(test)]
mod tests {
    use super::Filter;

    /// Numbers without any order: the hashes are the first bytes of a digest.
    fn hashes(seed: u64, count: usize) -> Vec<u64> {
        let next = |state: &mut u64| {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (*state ^ *state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            Some(mixed ^ mixed >> 31)
        };
        let mut state = seed;
        std::iter::from_fn(|| next(&mut state)).take(count).collect()
    }

    #[test]
    fn what_is_there_is_never_denied_and_what_is_not_seldom_claimed() {
        for count in [0, 1, 31, 33, 32_768] {
            let inside = hashes(1, count);
            let filter = Filter::new(inside.iter().copied());
            assert!(inside.iter().all(|hash| filter.may_have(*hash)));
            let outside = hashes(2, 100_000);
            let claimed = outside.iter().filter(|hash| filter.may_have(**hash)).count();
            assert!(claimed < 400, "{claimed} of 100000 beside {count}");
        }
    }

    #[test]
    fn it_is_read_as_it_was_written_and_nothing_else_is() {
        let filter = Filter::new(hashes(3, 100).into_iter());
        let bytes = filter.to_bytes();
        assert_eq!(Filter::from_bytes(&bytes), Some(filter));
        for damaged in [&bytes[1..], &bytes[8..], &[]] {
            assert_eq!(Filter::from_bytes(damaged), None);
        }
    }
}
