//! The same in a real browser. Skipped, with a word, where it or the issuer's tools are missing.

use std::time::Duration;

use super::World;
use crate::console::{Tools, play};

#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_in_goes_on_and_signs_out_in_a_browser() {
    let Some(tools) = Tools::find() else { return };
    let Some(world) = World::new().await else { return };
    world.issuer.knock("ttl", "60").await;
    let command = tools.command(&world.url, "oidc");
    let here = tokio::runtime::Handle::current();
    let (issuer, clock) = (world.issuer.doors(), world.clock.clone());
    let later = move |asked: &str| {
        assert_eq!(asked, "later");
        // Each token lives longer than the clock is set ahead.
        here.block_on(issuer.knock("ttl", "36000"));
        clock.advance(Duration::from_mins(5));
    };
    let played = tokio::task::spawn_blocking(move || play(command, later)).await;
    let (well, said) = played.expect("it does not panic");
    assert!(well, "{said}");
    world.server.shutdown().await;
}
