//! What it costs to find out who asks: `cargo bench -p authorizer`. One core; the signatures are ES256, which cost more than
//! RS256 to verify.

use std::hint::black_box;

use authorizer::{Access, Gate, Lifetime, OwnIssuer, Purpose, Right, Seal, Session, Verifier};
use criterion::Criterion;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;

/// Longer than a signature is remembered.
const LATER: SignedDuration = SignedDuration::from_mins(2);

fn main() {
    let begun: Timestamp = "2026-12-01T00:00:00Z".parse().expect("a time");
    let issuer = OwnIssuer::new(&OwnIssuer::new_key().expect("a key")).expect("the key is good");
    let an_hour = Lifetime::new(SignedDuration::from_hours(1)).expect("within the bounds");
    let rights = [Right::Read, Right::Write].into_iter().collect();
    let token = issuer.token("owner", rights, an_hour, begun).expect("a token");
    let token = token.expose_secret();
    let verifier = Verifier {
        own: Some(issuer.trusted()),
        issuer: None,
    };
    let gate = Gate::new(verifier, Seal::new(&[7; 32]).expect("32 bytes"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let caller = |now| runtime.block_on(gate.caller(token, now)).expect("it is let in");
    let access = Access {
        subject: "local:owner".to_owned(),
        rights: [Right::Read].into_iter().collect(),
        until: i64::MAX,
    };
    let session = Session::new(access, begun);
    let cookie = gate.seal.seal(Purpose::Session, &session).expect("a cookie");

    let mut criterion = Criterion::default().without_plots().configure_from_args();
    let mut group = criterion.benchmark_group("who asks");
    group.bench_function("token, verified", |bencher| {
        // Neither of the two times is within a minute after the other.
        let mut times = [begun, begun + LATER].into_iter().cycle();
        bencher.iter(|| black_box(times.next().map(caller)));
    });
    group.bench_function("token, verified within a minute", |bencher| {
        bencher.iter(|| black_box(caller(begun + LATER)));
    });
    group.bench_function("session", |bencher| {
        bencher.iter(|| black_box(gate.session(&cookie, begun).expect("it lives")));
    });
    group.finish();
    criterion.final_summary();
}
