//! From exec to the first answer, and what it takes up then.

use std::time::Duration;

use crate::serve::{Serve, directory};
use crate::settings::{Settings, median};

pub(crate) fn run(settings: &Settings) {
    let (mut ready, mut resident) = (Vec::new(), Vec::new());
    for _ in 0..settings.runs {
        let data = directory();
        let serve = Serve::start(settings, &data);
        ready.push(serve.ready.as_secs_f64() * 1e3);
        // What a start needs for a moment is not what it keeps.
        std::thread::sleep(Duration::from_millis(500));
        resident.push(serve.resident());
    }
    println!("| with an empty data directory | |\n|---|---:|");
    println!(
        "| ready after exec | {:.0} ms |\n| resident, idle | {:.0} MiB |\n",
        median(ready),
        median(resident)
    );
}
