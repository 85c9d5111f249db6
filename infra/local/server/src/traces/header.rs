//! Where in a trace something stands, as it is written: W3C's `traceparent` in requests, X-Ray's header in executions.
//!
//! Source: <https://www.w3.org/TR/trace-context/#traceparent-header>; AWS X-Ray Developer Guide, "Tracing header". The trace
//! ids are the same 128 bits, of which X-Ray writes the first 32 apart.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use opentelemetry::Context;
use opentelemetry::trace::{
    FutureExt as _, SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState,
};

/// Lets a request go on in the trace that its caller names.
pub(crate) async fn incoming(request: Request, next: Next) -> Response {
    let named = request
        .headers()
        .get("traceparent")
        .and_then(|value| value.to_str().ok());
    match named.and_then(parent) {
        Some(parent) => {
            let context = Context::new().with_remote_span_context(parent);
            next.run(request).with_context(context).await
        }
        None => next.run(request).await,
    }
}

/// Reads `traceparent`; `None` for what is not of version 00 or names nothing. Its digits are lower case: what others would
/// refuse is not passed on.
fn parent(text: &str) -> Option<SpanContext> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let mut parts = text.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let long = [(trace, 32), (span, 16), (flags, 2)];
    if version != "00" || parts.next().is_some() || !long.iter().all(|(text, length)| is_hex(text, *length)) {
        return None;
    }
    let flags = u8::from_str_radix(flags, 16).ok()?;
    context(trace, span, flags & 1 == 1)
}

/// Reads `traceHeader` of an execution: trace, parent if there is one, and whether it is exported.
pub(super) fn read(text: &str) -> Option<(TraceId, Option<SpanId>, bool)> {
    let (mut trace, mut parent, mut sampled) = (None, None, true);
    for part in text.split(';') {
        match part.trim().split_once('=')? {
            ("Root", root) => {
                let id = root.strip_prefix("1-")?.replace('-', "");
                trace = is_hex(&id, 32).then(|| TraceId::from_hex(&id).ok()).flatten();
            }
            ("Parent", id) if is_hex(id, 16) => parent = SpanId::from_hex(id).ok().filter(|id| *id != SpanId::INVALID),
            ("Sampled", word) => sampled = word != "0",
            // `Self`, `Lineage`: for others.
            _ => {}
        }
    }
    let trace = trace.filter(|id| *id != TraceId::INVALID)?;
    Some((trace, parent, sampled))
}

/// Writes `traceHeader`.
pub(super) fn written(span: &SpanContext) -> String {
    let trace = span.trace_id().to_string();
    let (time, rest) = trace.split_at(8);
    let sampled = u8::from(span.is_sampled());
    format!("Root=1-{time}-{rest};Parent={};Sampled={sampled}", span.span_id())
}

/// Digits alone: a sign is part of a number, and of no id.
fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn context(trace: &str, span: &str, sampled: bool) -> Option<SpanContext> {
    let flags = if sampled {
        TraceFlags::SAMPLED
    } else {
        TraceFlags::default()
    };
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let context = SpanContext::new(trace, span, flags, true, TraceState::default());
    context.is_valid().then_some(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    #[test]
    fn a_traceparent_becomes_a_trace_header_and_is_read_back() {
        let context = parent(&format!("00-{TRACE}-{SPAN}-01")).unwrap();
        let header = written(&context);
        assert_eq!(
            header,
            format!("Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent={SPAN};Sampled=1")
        );
        let (trace, span, sampled) = read(&header).unwrap();
        assert_eq!(
            (trace.to_string(), span.unwrap().to_string(), sampled),
            (TRACE.into(), SPAN.into(), true)
        );
        let not_sampled = parent(&format!("00-{TRACE}-{SPAN}-00")).unwrap();
        assert!(!read(&written(&not_sampled)).unwrap().2);
    }

    #[test]
    fn what_is_no_place_in_a_trace_is_none() {
        for text in [
            String::new(),
            format!("01-{TRACE}-{SPAN}-01"),
            format!("00-{TRACE}-{SPAN}-01-x"),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-{}-{SPAN}-01", "0".repeat(32)),
            format!("00-{}-{SPAN}-01", "é".repeat(16)),
            format!("00-{TRACE}-{SPAN}-+1"),
            format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
        ] {
            assert_eq!(parent(&text), None, "{text}");
        }
        for text in [
            "",
            "Root",
            "Root=1-x",
            "Parent=00f067aa0ba902b7",
            "Root=2-4bf92f35-77b34da6a3ce929d0e0e4736",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let (_, parent, sampled) = read("Root=1-5759e988-bd862e3fe1be46a994272793").unwrap();
        assert_eq!((parent, sampled), (None, true));
    }
}
