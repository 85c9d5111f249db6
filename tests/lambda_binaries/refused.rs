//! A directory that cannot be used is named at the start, and nothing runs.

use std::os::unix::fs::PermissionsExt as _;

use tests::home::Home;

#[test]
fn what_cannot_run_is_named_before_anything_does() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let home = Home::new().with("REZ_LAMBDA_BINARIES", directory.path().display().to_string());
    let refused = |words: &[&str]| {
        let ran = home.rez(&["serve", "--listen", "127.0.0.1:0", "--sfn-listen", "127.0.0.1:0"]);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
        assert!(words.iter().all(|word| ran.err.contains(word)), "{words:?}: {ran:?}");
    };
    refused(&["--lambda-binaries", "none of our functions", "cargo build"]);
    let program = directory.path().join("persist-message");
    let write = |bytes: &[u8], mode: u32| {
        std::fs::write(&program, bytes).expect("it can be written");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(mode)).expect("its owner may");
    };
    write(b"#!/bin/sh\n", 0o644);
    refused(&["persist-message is no executable file", "chmod +x"]);
    let other = if cfg!(target_arch = "x86_64") { 183 } else { 62 };
    write(
        &[b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0", &[other, 0][..]].concat(),
        0o755,
    );
    refused(&[
        "persist-message is a program for linux on",
        "this machine runs",
        "build it for this machine",
    ]);
    write(b"text", 0o755);
    refused(&["persist-message is no program"]);
    std::fs::remove_file(&program).expect("it is there");
    std::fs::create_dir(&program).expect("a directory");
    std::fs::write(program.join("bootstrap"), "#!/bin/sh\n").expect("it can be written");
    refused(&["bootstrap is no executable file"]);
}

#[test]
fn a_directory_that_is_none_is_named() {
    let home = Home::new().with("REZ_LAMBDA_BINARIES", "/nonexistent/functions");
    let ran = home.rez(&["serve", "--listen", "127.0.0.1:0", "--sfn-listen", "127.0.0.1:0"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("/nonexistent/functions cannot be read"), "{ran:?}");
}
