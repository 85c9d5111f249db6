//! A running `rez serve`, and other processes beside it.

use serde_json::json;

use crate::process::{Rez, files};

#[test]
fn others_talk_to_the_one_that_serves() {
    let rez = Rez::new();
    let serving = rez.serve();
    let file = rez.serve_file().unwrap();
    assert_eq!(file["pid"], serving.pid());
    let api = file["addresses"]["api"].as_str().unwrap();
    assert!(serving.said[0].contains(api), "{:?}", serving.said);
    assert!(
        serving.said[4].contains(rez.data_dir().to_str().unwrap()),
        "{:?}",
        serving.said
    );

    let sent = rez.succeeds(&["send", "x", "--topic", "t", "--json"]).json();
    assert_eq!(sent[0]["status"], "completed");
    assert_eq!(rez.succeeds(&["messages", "--json"]).json().len(), 1);
    let no_wait = rez.succeeds(&["send", "y", "--no-wait"]);
    assert_eq!(no_wait.stderr, "", "it is carried on by the one that serves");

    assert_eq!(serving.terminate(), Some(0));
    assert!(!files(&rez.data_dir()).contains(&"serve.json".to_owned()));
    assert_eq!(rez.succeeds(&["messages", "--json"]).json().len(), 2);
}

#[test]
fn a_data_directory_has_one_server() {
    let rez = Rez::new();
    let serving = rez.serve();
    let second = rez.run(&["serve"]);
    assert_eq!(second.code, 1, "{second:?}");
    let error = second.error();
    assert!(
        error.contains(&serving.pid().to_string()) && error.contains("REZ_DATA_DIR"),
        "{error}"
    );
}

#[test]
fn a_server_that_was_killed_leaves_nothing_in_the_way() {
    let rez = Rez::new();
    let serving = rez.serve();
    rez.succeeds(&["send", "x", "--in", "1h", "--no-wait"]);
    serving.kill();
    assert!(rez.serve_file().is_some(), "it had no time to remove it");
    let messages = rez.succeeds(&["messages", "--json"]).json();
    assert_eq!((messages.len(), &messages[0]["body"]), (1, &json!("x")));
    assert_eq!(rez.serve().terminate(), Some(0));
}

#[test]
fn a_port_that_is_taken_is_named_with_the_setting_that_is_meant() {
    let rez = Rez::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (option, meant, other) in [
        ("--listen", " REZ_LISTEN,", "REZ_SFN_LISTEN"),
        ("--sfn-listen", " REZ_SFN_LISTEN,", "REZ_LISTEN"),
    ] {
        let ended = rez.run(&["serve", option, &address]);
        assert_eq!(ended.code, 1, "{ended:?}");
        let error = ended.error();
        assert!(error.contains(&address) && error.contains(meant), "{error}");
        assert!(!error.contains(other), "{error}");
    }
}

#[test]
fn a_data_directory_that_cannot_be_one_is_named() {
    let rez = Rez::new();
    std::fs::write(rez.data_dir(), "a file").unwrap();
    let ended = rez.run(&["messages"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.error().contains("REZ_DATA_DIR"), "{ended:?}");
}
