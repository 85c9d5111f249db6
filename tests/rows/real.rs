//! The lines that a real ntfy can be brought to do, against each version that is there.

use tests::ntfy::{NO_LIMITS, Ntfy, SIGN_IN, binaries};

use super::{table, table::Row, world::World};

const WRONG: &str = "tk_wrongwrongwrongwrongwrongwro";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_holds_against_a_real_ntfy() {
    for binary in binaries() {
        for row in table::of("A real ntfy") {
            let (ntfy, suffix, token) = brought_to(&row, &binary).await;
            let world = World::with(&format!("{}{suffix}", ntfy.url()), token).await;
            let (patience, attempts) = match &*row.consequence {
                "dead letter" => (3_600, 1),
                "waits" => (0, 1),
                "retries" => (0, 4),
                other => panic!("nobody knows the consequence `{other}`"),
            };
            let told = world.send(patience).await;
            assert_eq!(told.errors, vec![row.error.clone(); attempts], "{}", row.what);
            told.is_dead(&row);
            assert!(!told.message.to_string().contains(WRONG), "{}", row.what);
        }
    }
}

/// A server in the state that the line names, what its base URL ends in, and the token.
async fn brought_to(row: &Row, binary: &std::path::Path) -> (Ntfy, &'static str, Option<&'static str>) {
    let start = |settings| Ntfy::start(binary, settings);
    match &*row.server {
        "signs in" => (start(SIGN_IN), "", Some(WRONG)),
        "denies" => {
            let ntfy = start(SIGN_IN);
            ntfy.allow("*", "rez", "deny");
            (ntfy, "", None)
        }
        "has locked the address out" => {
            let ntfy = start(SIGN_IN);
            publish(&ntfy, "rez", Some(WRONG), 40).await;
            (ntfy, "", Some(WRONG))
        }
        "is elsewhere" => (start(NO_LIMITS), "/ntfy", None),
        "takes one a day" => {
            let ntfy = start("visitor-message-daily-limit: 1\n");
            publish(&ntfy, "rez", None, 1).await;
            (ntfy, "", None)
        }
        "has one topic" => {
            let ntfy = start("global-topic-limit: 1\n");
            publish(&ntfy, "another", None, 1).await;
            (ntfy, "", None)
        }
        "has its own limits" => {
            let ntfy = start("");
            publish(&ntfy, "rez", None, 70).await;
            (ntfy, "", None)
        }
        "is stopped" => {
            let mut ntfy = start(NO_LIMITS);
            ntfy.stop();
            (ntfy, "", None)
        }
        other => panic!("nobody knows how to bring ntfy to `{other}`"),
    }
}

/// Publishes as anybody does, whatever ntfy says to it.
async fn publish(ntfy: &Ntfy, topic: &str, token: Option<&str>, times: usize) {
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    for _ in 0..times {
        let request = http.post(format!("{}/{topic}", ntfy.url())).body("noise");
        let request = token.into_iter().fold(request, reqwest::RequestBuilder::bearer_auth);
        request.send().await.expect("ntfy answers");
    }
}
