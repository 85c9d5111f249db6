//! The ids of an execution's spans: made from what names them, so that each process makes the same.

use journal::Execution;
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};
use sha2::{Digest, Sha256};

use super::header;
use crate::addresses;

/// Where an execution stands in a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The execution.
    pub(super) arn: String,
    /// The trace: that of whoever started it, else its own.
    pub(super) trace: TraceId,
    /// The span of whoever started it.
    pub(super) parent: Option<SpanId>,
    /// Whether it is exported.
    pub(super) sampled: bool,
    /// Executions of one name, one after the other, are told apart.
    number: i64,
}

impl Place {
    /// Where an execution stands.
    pub(crate) fn of(execution: &Execution) -> Self {
        let summary = &execution.summary;
        let arn = addresses::execution_arn(&summary.state_machine_name, &summary.name);
        let number = summary.id.0;
        let own = || (TraceId::from_bytes(digest(&arn, &number.to_be_bytes())), None, true);
        let (trace, parent, sampled) = execution
            .trace_header
            .as_deref()
            .and_then(header::read)
            .unwrap_or_else(own);
        Self {
            arn,
            trace,
            parent,
            sampled,
            number,
        }
    }

    /// The span of the execution.
    pub(super) fn execution(&self) -> SpanId {
        self.event(0)
    }

    /// The span that began with an event: that of a state with its entry, that of an attempt when it was scheduled.
    pub(super) fn event(&self, event: u64) -> SpanId {
        let names = [
            self.trace.to_bytes().as_slice(),
            &self.number.to_be_bytes(),
            &event.to_be_bytes(),
        ]
        .concat();
        SpanId::from_bytes(digest(&self.arn, &names))
    }

    pub(super) fn context(&self, span: SpanId) -> SpanContext {
        let flags = if self.sampled {
            TraceFlags::SAMPLED
        } else {
            TraceFlags::default()
        };
        SpanContext::new(self.trace, span, flags, true, TraceState::default())
    }

    /// What happens in this context belongs to the attempt that was scheduled with the event.
    pub(crate) fn within(&self, scheduled: u64) -> Context {
        Context::new().with_remote_span_context(self.context(self.event(scheduled)))
    }

    /// The `traceHeader` of what the attempt starts.
    pub(crate) fn header(&self, scheduled: u64) -> String {
        header::written(&self.context(self.event(scheduled)))
    }
}

/// The first bytes of a digest; not all of them 0, which would be no id.
fn digest<const N: usize>(arn: &str, of: &[u8]) -> [u8; N] {
    let whole = Sha256::new().chain_update(arn).chain_update(of).finalize();
    let mut bytes = [0; N];
    bytes.copy_from_slice(&whole[..N]);
    bytes[N - 1] |= 1;
    bytes
}
