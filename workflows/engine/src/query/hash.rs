//! The hashes that `$hash` and `States.Hash` know.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// The digest of `data` in lowercase hex, or `None` for an algorithm other than `MD5`, `SHA-1`, `SHA-256`, `SHA-384` and
/// `SHA-512`. Names are matched exactly, as AWS does.
pub fn hash_hex(data: &[u8], algorithm: &str) -> Option<String> {
    match algorithm {
        "MD5" => Some(hex(&Md5::digest(data))),
        "SHA-1" => Some(hex(&Sha1::digest(data))),
        "SHA-256" => Some(hex(&Sha256::digest(data))),
        "SHA-384" => Some(hex(&Sha384::digest(data))),
        "SHA-512" => Some(hex(&Sha512::digest(data))),
        _ => None,
    }
}

fn hex(digest: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let nibbles = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.map(|nibble| char::from(DIGITS[usize::from(nibble)])).collect()
}
