//! A Map goes over one text.
use flow::{value, workflow};

fn main() {
    workflow::<String, Vec<String>>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |w, topic| {
            let topics = w.map::<String, String>(
                "Topic",
                &topic,
                |_, topic| value(topic.value),
                |w, _| w.fail("Notify.Failed"),
            );
            value(topics)
        },
    );
}
