//! What happens at the limits; the tests have shorter ones, which must not be reached too early.

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::routing::{get, post};
use futures_util::{StreamExt as _, stream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use super::{LIMITS, Limits, connection, in_time, serve_until};

fn parts() -> impl futures_util::Stream<Item = Result<Bytes, Infallible>> + Send {
    stream::iter([Ok(Bytes::from_static(b"a")), Ok(Bytes::from_static(b"b"))])
}

#[tokio::test]
async fn a_body_comes_whole_or_not_at_all() {
    let whole = in_time(Body::from_stream(parts()), Duration::from_mins(1));
    assert_eq!(to_bytes(whole, 10).await.unwrap(), "ab");
    let never_ends = Body::from_stream(parts().chain(stream::pending()));
    let late = in_time(never_ends, Duration::from_millis(1));
    assert!(to_bytes(late, 10).await.is_err());
}

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// Limits that a test can wait for.
const SHORT: Limits = Limits {
    connections: 2,
    head: Duration::from_millis(150),
    body: Duration::from_millis(100),
    unread: Duration::from_millis(120),
};

#[test]
fn the_limits_are_as_they_are_documented() {
    let Limits {
        connections,
        head,
        body,
        unread,
    } = LIMITS;
    let seconds = [head, body, unread].map(|limit| limit.as_secs());
    assert_eq!((connections, seconds), (1_024, [30; 3]));
}

/// A client of a connection that says back what it is sent.
fn connected() -> DuplexStream {
    let router = Router::new().route("/", get(|| async { "hello" }).post(|body: String| async { body }));
    let (client, server) = duplex(1024);
    tokio::spawn(connection(pending(), server, router, SHORT));
    client
}

/// What is still to be read, and how long that took.
async fn rest(mut client: DuplexStream) -> (String, Duration) {
    let (began, mut rest) = (Instant::now(), Vec::new());
    let all = tokio::time::timeout(PATIENCE, client.read_to_end(&mut rest)).await;
    all.expect("the connection ends").unwrap();
    (String::from_utf8(rest).unwrap(), began.elapsed())
}

#[tokio::test]
async fn a_head_that_does_not_end_ends_the_connection() {
    let mut client = connected();
    client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").await.unwrap();
    let (_, took) = rest(client).await;
    assert!(took >= SHORT.head, "{took:?}");
}

/// Whoever connects and says nothing does not keep a place for ever.
#[tokio::test]
async fn a_connection_on_which_nothing_comes_ends() {
    for begun in ["", "PRI", "G"] {
        let mut client = connected();
        client.write_all(begun.as_bytes()).await.unwrap();
        let (_, took) = rest(client).await;
        assert!(took >= SHORT.head, "{begun}: {took:?}");
    }
}

/// Whoever sends a little now and then has no more time than others.
#[tokio::test]
async fn a_head_that_comes_byte_by_byte_ends_the_connection() {
    let mut client = connected();
    let began = Instant::now();
    client.write_all(b"GET / HTTP/1.1\r\nX: ").await.unwrap();
    let mut beat = tokio::time::interval(SHORT.head / 10);
    while client.write_all(b"x").await.is_ok() {
        beat.tick().await;
        assert!(began.elapsed() < PATIENCE, "it goes on for ever");
    }
    assert!(began.elapsed() >= SHORT.head, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_connection_that_is_idle_after_an_answer_ends() {
    let mut client = connected();
    client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let (answer, took) = rest(client).await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("hello"),
        "{answer}"
    );
    assert!(took >= SHORT.head, "{took:?}");
}

#[tokio::test]
async fn a_body_that_does_not_end_is_refused_in_time() {
    let mut client = connected();
    let began = Instant::now();
    let head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc";
    client.write_all(head).await.unwrap();
    let mut status = [0; 12];
    client.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 400");
    assert!(began.elapsed() >= SHORT.body, "{:?}", began.elapsed());
}

/// Whoever asks for what has no end and reads nothing of it does not keep a place for ever either.
#[tokio::test]
async fn a_client_that_does_not_read_is_left() {
    let without_end = || async {
        let part = || Some((Ok::<_, Infallible>(Bytes::from_static(&[0; 1024])), ()));
        Body::from_stream(stream::unfold((), move |()| async move { part() }))
    };
    let (mut client, server) = duplex(1024);
    let ended = tokio::spawn(connection(
        pending(),
        server,
        Router::new().route("/", get(without_end)),
        SHORT,
    ));
    let began = Instant::now();
    client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let ended = tokio::time::timeout(PATIENCE, ended).await;
    ended.expect("the connection ends").unwrap();
    assert!(began.elapsed() >= SHORT.unread, "{:?}", began.elapsed());
    drop(client);
}

/// One request and its answer on a connection that stays.
async fn ask(stream: &mut TcpStream, path: &str) -> String {
    request(stream, path).await;
    answer(stream).await
}

async fn request(stream: &mut TcpStream, path: &str) {
    let request = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
}

/// An answer whose body is one character.
async fn answer(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    while !answer.windows(4).any(|end| end == b"\r\n\r\n") {
        answer.push(stream.read_u8().await.unwrap());
    }
    String::from(char::from(stream.read_u8().await.unwrap()))
}

#[tokio::test]
async fn who_is_one_too_many_waits_until_somebody_leaves() {
    let left = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&left);
    let has_left = move || async move { if seen.load(Ordering::SeqCst) { "y" } else { "n" } };
    let router = Router::new()
        .route("/", post(|| async { "." }))
        .route("/left", post(has_left));
    // Nobody is to leave for being idle.
    let roomy = Limits {
        connections: SHORT.connections,
        ..LIMITS
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve_until(pending, listener, router, roomy));
    let (mut first, mut second) = (
        TcpStream::connect(address).await.unwrap(),
        TcpStream::connect(address).await.unwrap(),
    );
    assert_eq!(ask(&mut first, "/").await, ".");
    assert_eq!(ask(&mut second, "/").await, ".");
    let mut third = TcpStream::connect(address).await.unwrap();
    request(&mut third, "/left").await;
    // The server has every opportunity to answer.
    for _ in 0..200 {
        assert_eq!(ask(&mut second, "/").await, ".");
    }
    left.store(true, Ordering::SeqCst);
    drop(first);
    assert_eq!(answer(&mut third).await, "y", "it was let in before anybody had left");
}
