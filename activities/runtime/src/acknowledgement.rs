//! Links by which whoever got a notification says that they have seen the message, without signing in.
//!
//! A link names the message and until when it holds, and carries a code over both that nobody else can make:
//! `https://rez.example.org/ack/{id}.{expires}.{code}`. The activity that delivers makes it, and the API opens it, each with
//! the same secret. Whoever has the link may acknowledge this one message, and nothing else.

use std::fmt::Write as _;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};

/// The path under which links are opened.
const PATH: &str = "/ack/";

/// How long a link holds: longer than the longest escalation, which is five topics in ten rounds of a day each.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 60);

/// The shortest secret: as long as the code.
const SECRET_BYTES: usize = 32;

/// What the key is for: a secret that keys other codes too makes none that hold here.
const PURPOSE: &[u8] = b"rez acknowledgement link";

/// Makes and opens links.
#[derive(Clone)]
pub struct AcknowledgementLinks {
    key: hmac::Key,
}

/// The secret is too short to make a key of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key of acknowledgement links must have 32 random bytes at least, 43 characters of base64")]
pub struct ShortKey;

impl AcknowledgementLinks {
    /// Links under a secret: a text of 32 characters at least, all of it random.
    pub fn new(secret: &SecretString) -> Result<Self, ShortKey> {
        let secret = secret.expose_secret().as_bytes();
        if secret.len() < SECRET_BYTES {
            return Err(ShortKey);
        }
        let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), PURPOSE);
        let key = hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref());
        Ok(Self { key })
    }

    /// The link of a message that is delivered at `since`. `public_url` is where browsers reach the API, without a slash at
    /// its end.
    pub fn make(&self, public_url: &str, message_id: &str, since: Timestamp) -> String {
        let expires = since.saturating_add(LIFETIME).unwrap_or(Timestamp::MAX).as_second();
        let code = BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, signed(message_id, expires).as_bytes()));
        format!("{public_url}{PATH}{}.{expires}.{code}", encoded(message_id))
    }

    /// The message that a link names: what stands behind `/ack/`, decoded. `None` if this secret did not make it, or it holds
    /// no longer.
    pub fn open<'a>(&self, link: &'a str, now: Timestamp) -> Option<&'a str> {
        let mut parts = link.rsplitn(3, '.');
        let (code, expires, message_id) = (parts.next()?, parts.next()?, parts.next()?);
        let code = BASE64_URL_SAFE_NO_PAD.decode(code).ok()?;
        let time: i64 = expires.parse().ok()?;
        // In constant time. One number has one way to be written: what is signed is what stands there.
        hmac::verify(&self.key, signed(message_id, time).as_bytes(), &code).ok()?;
        (time.to_string() == expires && now.as_second() < time).then_some(message_id)
    }
}

/// Numbers have no dots, so no other pair is written like this one.
fn signed(message_id: &str, expires: i64) -> String {
    format!("{expires}.{message_id}")
}

/// A text as one part of a path. Source: RFC 3986, section 2.3.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

impl std::fmt::Debug for AcknowledgementLinks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AcknowledgementLinks")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://rez.example.org";

    fn links(secret: &str) -> AcknowledgementLinks {
        AcknowledgementLinks::new(&secret.to_owned().into()).unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn made(id: &str) -> String {
        let link = links(&"k".repeat(43)).make(BASE, id, at(0));
        link.strip_prefix("https://rez.example.org/ack/").unwrap().to_owned()
    }

    #[test]
    fn a_link_names_its_message_until_it_expires() {
        let links = links(&"k".repeat(43));
        for id in ["m", "0a.b-c_d", "night.1.x"] {
            let link = made(id);
            assert_eq!(links.open(&link, at(0)), Some(id));
            assert_eq!(links.open(&link, at(60 * 86_400 - 1)), Some(id));
            assert_eq!(links.open(&link, at(60 * 86_400)), None, "it has expired");
        }
        assert!(made("ä/b").starts_with("%C3%A4%2Fb."));
    }

    #[test]
    fn no_character_can_be_changed() {
        let links = links(&"k".repeat(43));
        let link = made("message");
        for (place, was) in link.char_indices() {
            for other in ['A', '0', '.', '-', 'g'] {
                let mut altered = link.clone();
                altered.replace_range(place..place + was.len_utf8(), &other.to_string());
                // The last character of the code has two bits that stand for nothing, and must be 0.
                assert!(other == was || links.open(&altered, at(0)).is_none(), "{altered}");
            }
        }
        for end in 0..link.len() {
            assert_eq!(links.open(&link[..end], at(0)), None);
        }
        let (id, rest) = link.split_once('.').unwrap();
        for written in [
            format!("{id}.+{rest}"),
            format!("{id}.0{rest}"),
            format!(".{link}"),
            format!("x{link}"),
        ] {
            assert_eq!(links.open(&written, at(0)), None, "{written}");
        }
    }

    #[test]
    fn another_secret_makes_other_links_and_a_short_one_none() {
        assert_eq!(links(&"x".repeat(43)).open(&made("m"), at(0)), None);
        assert!(AcknowledgementLinks::new(&"x".repeat(31).into()).is_err());
        assert_eq!(format!("{:?}", links(&"x".repeat(32))), "AcknowledgementLinks");
    }
}
