//! The pages around signing in and out, and of refusals. They are of this crate, so that signing in does not depend on the console.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::{Problem, ProblemKind};

/// Where a browser goes that says nothing else.
const HOME: &str = "/console/";
/// The longest address to go back to.
const ADDRESS_BYTES: usize = 2_048;

/// Where a browser may be sent after it has signed in: a path on this server, never another one. `//host` and `/\host` are
/// others to a browser, and so is what it makes of control characters between.
pub(crate) fn local(asked: Option<&str>) -> String {
    let asked = asked.unwrap_or(HOME);
    let inside = asked.len() <= ADDRESS_BYTES
        && asked.starts_with('/')
        && !asked.starts_with("//")
        && !asked.contains(['\\', '\u{fffd}'])
        && asked.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
    // The sign-in itself is nowhere to come back to.
    let sign_in = ["/sign-in", "/api/auth/"].iter().any(|path| asked.starts_with(path));
    if inside && !sign_in { asked } else { HOME }.to_owned()
}

/// What pages look like: the addresses of a style sheet and an icon on this server, or empty.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// The style sheet's.
    pub style: String,
    /// The icon's.
    pub icon: String,
}

/// How to sign in; `back` is [`local`].
pub(crate) fn page(look: &Look, issuer: bool, back: &str) -> Response {
    let how = if issuer {
        let query: String = form_urlencoded::Serializer::new(String::new())
            .append_pair("return_to", back)
            .finish();
        format!("<p><a class=\"button primary\" href=\"/api/auth/login?{query}\">Sign in</a></p>")
    } else {
        "<p>Open the link that <code>rez serve</code> has printed, or run <code>rez sign-in</code> for a new one: it works \
         once, within a day.</p>"
            .to_owned()
    };
    html(look, "Sign in", "", &how)
}

/// Who has signed in, and the form that ends it.
pub(crate) fn sign_out(look: &Look, subject: &str, csrf: &str) -> Response {
    let (subject, csrf) = (escaped(subject), escaped(csrf));
    let form = format!(
        "<p>You have signed in as <b>{subject}</b>.</p><form method=\"post\" action=\"/api/auth/logout\"><input \
         type=\"hidden\" name=\"csrf_token\" value=\"{csrf}\"><button class=\"button primary\">Sign out</button></form><p><a \
         href=\"{HOME}\">Back to the messages</a></p>"
    );
    html(look, "Sign out", "", &form)
}

/// The session has ended here; the issuer has one of its own.
pub(crate) fn signed_out(look: &Look, issuer: &str) -> Response {
    let address = escaped(issuer);
    let on = format!("<meta http-equiv=\"refresh\" content=\"0; url={address}\">");
    let words = format!("<p>You have signed out here. <a href=\"{address}\">Go on to sign out at the issuer</a>.</p>");
    html(look, "Signed out", &on, &words)
}

/// Why something is refused, and where to go on.
pub(crate) fn refusal(look: &Look, problem: &Problem, correlation_id: &str) -> Response {
    let (address, words) = match problem.kind {
        ProblemKind::Unauthenticated | ProblemKind::SignInFailed => ("/sign-in", "Sign in"),
        _ => (HOME, "To the first page"),
    };
    let detail = escaped(&problem.detail);
    let errors: Vec<String> = problem.errors.iter().map(|error| escaped(&error.to_string())).collect();
    let errors = match &errors[..] {
        [] => String::new(),
        errors => format!("<ul><li>{}</li></ul>", errors.join("</li><li>")),
    };
    let body = format!(
        "<p>{detail}</p>{errors}<p><a class=\"button\" href=\"{address}\">{words}</a></p><p class=\"quiet\">The log knows this as \
         <code>{}</code>.</p>",
        escaped(correlation_id)
    );
    html(look, problem.kind.title(), "", &body)
}

/// What a page may load and do. Source:
/// <https://cheatsheetseries.owasp.org/cheatsheets/Content_Security_Policy_Cheat_Sheet.html>.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

pub(crate) fn html(look: &Look, title: &str, head: &str, body: &str) -> Response {
    let linked = |kind: &str, address: &str| match address {
        "" => String::new(),
        address => format!("<link rel=\"{kind}\" href=\"{}\">", escaped(address)),
    };
    let (style, icon) = (linked("stylesheet", &look.style), linked("icon", &look.icon));
    let brand = match look.icon.as_str() {
        "" => String::new(),
        address => format!("<img src=\"{}\" alt=\"\" width=\"20\" height=\"20\">", escaped(address)),
    };
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} · rez</title><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light \
         dark\">{icon}{style}{head}</head><body><header class=\"top\"><a class=\"brand\" href=\"{HOME}\">{brand}<span>rez</span></a></header>\
         <main id=\"main\"><div class=\"empty failure\"><h1>{title}</h1>{body}</div></main></body></html>"
    );
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    (
        [(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, POLICY)],
        page,
    )
        .into_response()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn nobody_is_sent_anywhere_else() {
        for inside in ["/", "/console/messages?status=failed&q=a%20b", "/a//b"] {
            assert_eq!(local(Some(inside)), inside);
        }
        let long = format!("/{}", "a".repeat(2_048));
        for outside in [
            "",
            "console",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/\r\nSet-Cookie: a=b",
            "/ä",
            "/sign-in?code=x",
            "/api/auth/login",
            &long,
        ] {
            assert_eq!(local(Some(outside)), "/console/", "{outside:?}");
        }
        assert_eq!(local(None), "/console/");
    }
}
