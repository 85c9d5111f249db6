//! What browsers keep for us: readable by us alone, and altered by nobody.

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::{hmac, rand};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;

/// What [`hash`] gives.
pub(crate) type Hash = [u8; 32];

/// The largest sealed text that is opened: browsers keep cookies of 4,096 bytes.
const SEALED_BYTES: usize = 4_096;

/// What a sealed text is for: one that was made for something else does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A session.
    Session,
    /// The refresh token behind a session.
    Refresh,
    /// A sign-in that has begun.
    Login,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Session => b"rez session",
            Self::Refresh => b"rez refresh",
            Self::Login => b"rez login",
        }
    }
}

/// Seals texts with AES-256-GCM and makes codes with HMAC-SHA256, both with keys that come from one secret by HKDF.
pub struct Seal {
    sealing: RandomizedNonceKey,
    codes: hmac::Key,
}

/// The secret is too short to make keys of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the session key must be 32 random bytes, as base64")]
pub struct ShortSecret;

struct Bytes;

impl KeyType for Bytes {
    fn len(&self) -> usize {
        KEY_BYTES
    }
}

impl Seal {
    /// Keys from a secret of 32 bytes at least, all of it random.
    pub fn new(secret: &[u8]) -> Result<Self, ShortSecret> {
        if secret.len() < KEY_BYTES {
            return Err(ShortSecret);
        }
        let secret = Salt::new(HKDF_SHA256, &[]).extract(secret);
        let derived = |label: &[u8]| {
            let mut key = [0; KEY_BYTES];
            let labels = [label];
            let filled = secret.expand(&labels, Bytes).and_then(|okm| okm.fill(&mut key));
            filled.map(|()| key).map_err(|_| ShortSecret)
        };
        let sealing = RandomizedNonceKey::new(&AES_256_GCM, &derived(b"seal")?).map_err(|_| ShortSecret)?;
        Ok(Self {
            sealing,
            codes: hmac::Key::new(hmac::HMAC_SHA256, &derived(b"codes")?),
        })
    }

    /// Seals a value; URL-safe text. `None` if there is no randomness, or the value is larger than a cookie may be.
    pub fn seal<T: Serialize>(&self, purpose: Purpose, value: &T) -> Option<String> {
        let mut bytes = serde_json::to_vec(value).ok()?;
        let nonce = self
            .sealing
            .seal_in_place_append_tag(Aad::from(purpose.label()), &mut bytes)
            .ok()?;
        let sealed = BASE64_URL_SAFE_NO_PAD.encode([nonce.as_ref().as_slice(), &bytes].concat());
        (sealed.len() <= SEALED_BYTES).then_some(sealed)
    }

    /// Opens what was sealed for this purpose; `None` for everything else.
    pub fn open<T: DeserializeOwned>(&self, purpose: Purpose, text: &str) -> Option<T> {
        if text.len() > SEALED_BYTES {
            return None;
        }
        let mut sealed = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, bytes) = sealed.split_at_mut_checked(NONCE_BYTES)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let value = self
            .sealing
            .open_in_place(nonce, Aad::from(purpose.label()), bytes)
            .ok()?;
        serde_json::from_slice(value).ok()
    }

    /// A code over a text, which nobody else can make.
    pub(crate) fn code(&self, text: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&self.codes, text.as_bytes()))
    }
}

/// Whether two texts are the same, in a time that tells nothing of where they differ.
pub(crate) fn same(one: &str, other: &str) -> bool {
    verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

/// SHA-256 of a secret: what it is known by where it is not kept. Looking a hash up tells nothing of the secret, however long it
/// takes.
pub(crate) fn hash(secret: &str) -> Hash {
    let hash = digest(&SHA256, secret.as_bytes());
    hash.as_ref().try_into().expect("SHA-256 has 32 bytes")
}

/// Text that cannot be guessed, of 256 bits.
pub(crate) fn unguessable() -> String {
    let mut bytes = [0; KEY_BYTES];
    rand::fill(&mut bytes).expect("the system has randomness: without it nobody may be let in");
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal() -> Seal {
        Seal::new(&[7; 32]).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_for_its_purpose_alone() {
        let sealed = seal().seal(Purpose::Session, &"ada").unwrap();
        assert_eq!(seal().open::<String>(Purpose::Session, &sealed).as_deref(), Some("ada"));
        assert_eq!(seal().open::<String>(Purpose::Refresh, &sealed), None);
        assert_eq!(
            Seal::new(&[8; 32]).unwrap().open::<String>(Purpose::Session, &sealed),
            None
        );
        assert!(!sealed.contains("ada"));
    }

    #[test]
    fn no_bit_can_be_changed() {
        let sealed = seal().seal(Purpose::Session, &"ada").unwrap();
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&sealed).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut altered = bytes.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            let altered = BASE64_URL_SAFE_NO_PAD.encode(altered);
            assert_eq!(seal().open::<String>(Purpose::Session, &altered), None, "bit {bit}");
        }
        for end in 0..sealed.len() {
            assert_eq!(seal().open::<String>(Purpose::Session, &sealed[..end]), None);
        }
    }

    #[test]
    fn two_seals_of_one_value_differ_and_large_ones_are_refused() {
        let seal = seal();
        assert_ne!(seal.seal(Purpose::Session, &"ada"), seal.seal(Purpose::Session, &"ada"));
        assert_eq!(seal.seal(Purpose::Session, &"x".repeat(4_096)), None);
        assert!(Seal::new(&[7; 31]).is_err());
    }
}
