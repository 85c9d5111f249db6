//! What a message is beside its text, as every command that writes one asks for it.

use clap::Args;
use serde_json::{Value, json};

#[derive(Debug, Args)]
pub(crate) struct MessageOptions {
    /// The heading.
    #[arg(long)]
    title: Option<String>,
    /// The ntfy topic; `NTFY_TOPIC` when left out.
    #[arg(long)]
    topic: Option<String>,
    /// How urgent: min, low, default, high, urgent or 1 to 5.
    #[arg(long)]
    priority: Option<String>,
    /// Tags, separated by commas; emoji short codes are shown as emoji.
    #[arg(long, value_delimiter = ',', value_name = "TAG")]
    tags: Vec<String>,
    /// The URL that a click on the notification opens.
    #[arg(long, value_name = "URL")]
    click: Option<String>,
    /// The text is Markdown.
    #[arg(long)]
    markdown: bool,
    /// How long an outage of ntfy is waited out: 1h, 90s, PT1H or seconds. One hour when left out.
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    patience: Option<String>,
}

impl MessageOptions {
    /// The fields of the request, each with its value if it was given.
    pub(crate) fn fields(&self) -> [(&'static str, Option<Value>); 7] {
        let text = |given: &Option<String>| given.as_ref().map(|given| json!(given));
        [
            ("title", text(&self.title)),
            ("topic", text(&self.topic)),
            ("priority", text(&self.priority)),
            ("tags", (!self.tags.is_empty()).then(|| json!(self.tags))),
            ("click", text(&self.click)),
            ("markdown", self.markdown.then_some(Value::Bool(true))),
            ("patience", text(&self.patience)),
        ]
    }
}
