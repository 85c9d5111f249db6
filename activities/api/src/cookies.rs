//! Cookies, as they are sent and read.

use axum::http::{HeaderMap, HeaderValue, header};

/// The value of a cookie; the first one counts.
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let sent = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = sent
        .flat_map(|list| list.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(given, _)| *given == name).map(|(_, value)| value)
}

/// A cookie for this host alone, which no script reads and no other site's form brings along.
///
/// Source: RFC 6265bis, sections 4.1.2 and 4.1.3.2. `value` is URL-safe base64 or empty; an age of 0 removes the cookie.
pub(crate) fn set(name: &str, value: &str, seconds: i64, https: bool) -> HeaderValue {
    let secure = if https { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    // Names are ours, and values have an alphabet without control characters.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}
