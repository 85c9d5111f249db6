//! The table `data/delivery-rows.md`, line by line: what ntfy does, and what becomes of the message.

mod real;
mod table;
mod world;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use table::Row;
use tests::sink::Sink;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::Semaphore,
    task::JoinSet,
};
use world::{Told, World};

/// How many lines are tried at the same time.
const AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_holds_against_a_server_that_is_made_to_do_it() {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = JoinSet::new();
    let mut lines = 0;
    for row in table::of("A server that is made to do it").chain(table::of("The look before it is sent again")) {
        let places = Arc::clone(&places);
        lines += 1;
        running.spawn(async move {
            let _place = places.acquire_owned().await.expect("nobody closes it");
            holds(&row).await;
        });
    }
    assert!(lines > 40, "{lines} lines");
    // Each line that does not hold says so itself.
    let mut failed = 0;
    while let Some(ended) = running.join_next().await {
        failed += usize::from(ended.is_err());
    }
    assert_eq!(failed, 0, "of {lines} lines");
}

async fn holds(row: &Row) {
    let what = &row.what;
    match &*row.server {
        "breaker is open" => return behind_an_open_breaker(row).await,
        // Nobody answers at port 1, and RFC 6761 keeps the name from being anybody's.
        "nobody listens" => return gives_up(row, "http://127.0.0.1:1").await,
        "no such host" => return gives_up(row, "http://ntfy.invalid").await,
        "no TLS" => {
            return gives_up(row, &format!("https://{}", without_tls().await)).await;
        }
        _ => {}
    }
    let acts = row.acts();
    let sink = Sink::scripted(&acts).await;
    let world = World::around(&sink.url).await;
    let told = world.send(3_600).await;
    assert_eq!(told.errors.last(), Some(&row.error), "{what}: {:?}", told.errors);
    assert_eq!(world.failures(&sink.url).await, row.breaker, "{what}");
    let asked = sink.asked().join(" ");
    let looks = |times: usize| format!("POST{}", " GET".repeat(times));
    match &*row.consequence {
        "dead letter" => {
            assert_eq!(asked, looks(acts.len() - 1), "{what}");
            told.is_dead(row);
        }
        "looks, sends" => {
            assert_eq!(asked, "POST GET POST", "{what}");
            told.is_completed(what, false);
        }
        "looks, finds" => {
            assert_eq!(asked, looks(acts.len()), "{what}");
            told.is_completed(what, true);
        }
        _ => {
            assert_eq!(asked, "POST POST", "{what}");
            let (pause, asked) = (told.pauses[0], row.seconds());
            assert!(asked.contains(&pause), "{what}: {pause} s");
            assert_eq!(told.waits, [pause], "{what}: as long as it was to be");
            told.is_completed(what, false);
        }
    }
    if told.message["status"] == "completed" {
        assert_eq!(sink.kept().len(), 1, "{what}: it arrived once");
        if !row.letter.is_empty() {
            let forever = Sink::start(0, 1.0, &acts[..1]).await;
            gives_up(row, &forever.url).await;
        }
    }
}

/// The address of a server that answers the handshake with HTTP.
async fn without_tls() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // Read to the end, so that what was written is not lost to a reset; who goes away earlier has read it.
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
    });
    address
}

/// A message without patience for a server that never does anything else.
async fn gives_up(row: &Row, url: &str) {
    let world = World::around(url).await;
    let told = world.send(0).await;
    let attempts = if row.consequence.starts_with("again") { 1 } else { 4 };
    assert_eq!(told.errors, vec![row.error.clone(); attempts], "{}", row.what);
    if row.consequence == "never reached" {
        assert_eq!(world.failures(url).await, row.breaker, "{}", row.what);
    }
    told.is_dead(row);
}

/// Five failures open the breaker: four attempts of one message and one of another.
async fn behind_an_open_breaker(row: &Row) {
    let sink = Sink::scripted(&["503"; 5]).await;
    let world = World::around(&sink.url).await;
    assert_eq!(world.send(0).await.errors.len(), 4);
    let second = world.send(0).await;
    assert_eq!(second.errors, ["Delivery.Unavailable", &*row.error]);
    assert_eq!(world.failures(&sink.url).await, row.breaker);
    second.is_dead(row);
    let third = world.send(3_600).await;
    assert_eq!(third.errors, [&*row.error]);
    assert!(row.seconds().contains(&third.pauses[0]), "{:?}", third.pauses);
    third.is_completed(&row.what, false);
    assert_eq!(sink.kept().len(), 1);
    assert_eq!(
        sink.asked().last().map(String::as_str),
        Some("POST"),
        "there was nothing to look for"
    );
}

/// How long a line may take: silence costs one message 12 s and another one 30.
const LINE: Duration = Duration::from_mins(2);

impl Told {
    fn is_dead(&self, row: &Row) {
        let letter = &self.message["dead_letter"];
        let says = letter["reason"].as_str().unwrap_or_default();
        let fits = row
            .letter
            .strip_suffix('…')
            .map_or_else(|| says == row.letter, |begins| says.starts_with(begins));
        assert!(fits, "{}: `{says}` is not `{}`", row.what, row.letter);
        assert_eq!(letter["delivered"], false, "{}", row.what);
    }

    fn is_completed(&self, what: &str, found: bool) {
        assert_eq!(self.message["status"], "completed", "{what}: {}", self.message);
        assert_eq!(self.message["receipt"]["found"], found, "{what}");
    }
}
