//! `rez serve` is killed again and again, at moments that nobody has chosen, while messages flow in and out: nothing that
//! it accepted is lost, and nothing is sent twice where ntfy lets us see what it has.
//!
//! The size is small by default. `REZ_KILLED=2000/50 cargo test -p tests killed -- --nocapture` kills it 50 times while
//! 2,000 messages flow, and tells what it has seen; `REZ_KILLED_SEED` repeats the throws of an earlier run.

mod in_flight;
mod intake;

use std::{
    collections::HashMap,
    env, fmt,
    path::Path,
    time::{Duration, Instant},
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use tests::{
    home::{Home, Serve},
    ntfy::{NO_LIMITS, Ntfy, binaries, free_port},
};

use intake::Intake;

/// Since this version ntfy tells under which id it got a message, so that a repeated attempt finds it.
const ECHOES: (u32, u32) = (2, 16);
/// How long a server may live after it has said that it listens.
const LIFE: Duration = Duration::from_millis(600);
/// How often a server is killed before it listens.
const BEFORE_IT_LISTENS: f64 = 0.25;
/// How many deliveries run at the same time; more wait for a place. Only one that runs can be sent twice.
const AT_ONCE: usize = 64;
/// How long everything may take that only waits for the server.
const PATIENCE: Duration = Duration::from_mins(5);

/// How much is done, and what was seen.
#[derive(Default)]
struct Tally {
    messages: usize,
    kills: usize,
    /// Kills before the server listened: while it opened its files or took up what was running.
    before_it_listened: usize,
    /// Kills while at least one delivery was in flight.
    hit: usize,
    /// Deliveries that can have been in flight at the kills: each may come twice to a server that cannot be asked.
    in_flight: usize,
    /// Messages beyond one of each at ntfy.
    duplicates: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_accepted_survives_being_killed_under_load() {
    let size = env::var("REZ_KILLED").unwrap_or_else(|_| "200/8".to_owned());
    let (messages, kills) = size.split_once('/').expect("REZ_KILLED is MESSAGES/KILLS");
    let [messages, kills] = [messages, kills].map(|number| number.parse().expect("REZ_KILLED is MESSAGES/KILLS"));
    for binary in binaries() {
        killed_under_load(&binary, messages, kills).await;
    }
}

async fn killed_under_load(binary: &Path, messages: usize, kills: usize) {
    let begun = Instant::now();
    let mut dice = dice();
    let ntfy = Ntfy::start(binary, NO_LIMITS);
    let home = Home::new().with("NTFY_URL", ntfy.url());
    let listen = format!("127.0.0.1:{}", free_port());
    let intake = Intake::start(&home, &listen, messages);
    let mut tally = Tally {
        messages,
        kills,
        ..Tally::default()
    };
    for kill in 1..=kills {
        // A share of the messages for each life of the server: there is always one that has just come.
        intake.allow(messages * kill / (kills + 1));
        tally.before_it_listened += usize::from(live_and_die(&home, &listen, &mut dice).await);
        let in_flight = in_flight::deliveries(home.path()).await;
        tally.hit += usize::from(in_flight > 0);
        tally.in_flight += in_flight.min(AT_ONCE);
    }
    let serve = home.start(&listen).listening();
    intake.allow(messages);
    for id in intake.finish().await {
        completes(&serve, &id).await;
    }
    tally.duplicates = duplicates(&ntfy, messages).await;
    eprintln!(
        "ntfy {:?}: {tally} in {:.1} s",
        ntfy.version(),
        begun.elapsed().as_secs_f64()
    );
    let allowed = if ntfy.version() < ECHOES { tally.in_flight } else { 0 };
    assert!(tally.duplicates <= allowed, "{tally}");
    serve.stop();
}

/// Dice that fall as they fell before if the seed is given.
fn dice() -> StdRng {
    let given = env::var("REZ_KILLED_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(rand::random);
    eprintln!("REZ_KILLED_SEED={seed}");
    StdRng::seed_from_u64(seed)
}

/// One life of the server; gives whether it ended before the server listened.
async fn live_and_die(home: &Home, listen: &str, dice: &mut StdRng) -> bool {
    let early = dice.random_bool(BEFORE_IT_LISTENS);
    let born = Instant::now();
    let starting = home.start(listen);
    // To wait is what this test is about: the moment must be any.
    if early {
        tokio::time::sleep(dice.random_range(Duration::ZERO..LIFE / 8)).await;
        let listened = tokio::net::TcpStream::connect(listen).await.is_ok();
        starting.kill();
        return !listened;
    }
    let serve = tokio::task::block_in_place(|| starting.listening());
    assert!(born.elapsed() < PATIENCE, "it listens again");
    tokio::time::sleep(dice.random_range(Duration::ZERO..LIFE)).await;
    serve.kill();
    false
}

async fn completes(serve: &Serve, id: &str) {
    let completed = async {
        loop {
            let message = serve.message(id).await;
            match message["status"].as_str() {
                Some("completed") => return,
                Some("failed" | "cancelled") => panic!("{message}"),
                // Another process does the work: there is nothing to wait on but its answers.
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    tokio::time::timeout(PATIENCE, completed)
        .await
        .unwrap_or_else(|_| panic!("{id} ends"));
}

/// How many messages ntfy has beyond one of each; fails if one is missing.
async fn duplicates(ntfy: &Ntfy, messages: usize) -> usize {
    let mut times: HashMap<String, usize> = HashMap::new();
    for message in ntfy.messages("rez", None).await {
        *times.entry(message["message"].to_string()).or_default() += 1;
    }
    assert_eq!(times.len(), messages, "each arrived");
    times.values().sum::<usize>() - messages
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} messages, all completed; {} kills, {} before it listened, {} while up to {} deliveries were in flight; {} \
             duplicates",
            self.messages, self.kills, self.before_it_listened, self.hit, self.in_flight, self.duplicates
        )
    }
}
