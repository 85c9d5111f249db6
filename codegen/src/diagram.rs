//! A workflow as a picture that stands alone.

use asl::StateMachine;
use picture::{Dress, Picture, draw};

use crate::Invalid;

/// Colours for light and dark; contrast of text to its ground is at least 4.5 to 1 in both (WCAG 2.2, 1.4.3).
const STYLE: &str = "\
:root { --ground: #ffffff; --text: #1b1f24; --quiet: #57606a; --line: #57606a; --error: #b42318; --box: #f6f8fa; \
--task: #0a5bd3; --wait: #8250df; --choice: #9a6700; --good: #1a7f37; --bad: #b42318; }
@media (prefers-color-scheme: dark) { :root { --ground: #0d1117; --text: #e6edf3; --quiet: #9aa4ae; --line: #9aa4ae; \
--error: #ff8a80; --box: #161b22; --task: #79b8ff; --wait: #d2a8ff; --choice: #e3b341; --good: #56d364; --bad: #ff8a80; } }
text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: var(--text); text-anchor: middle; }
.ground { fill: var(--ground); }
.state { fill: var(--box); stroke: var(--line); stroke-width: 1.5; }
.inside { fill: var(--ground); stroke-dasharray: 2 3; }
.kind { font-size: 10px; fill: var(--quiet); }
.label { font-size: 11px; fill: var(--quiet); paint-order: stroke; stroke: var(--ground); stroke-width: 4px; }
.arrow { fill: none; stroke: var(--line); stroke-width: 1.4; marker-end: url(#head); }
.caught { stroke: var(--error); stroke-dasharray: 5 4; marker-end: url(#error-head); }
.head { fill: var(--line); } .error-head { fill: var(--error); }
.Task { stroke: var(--task); } .Wait { stroke: var(--wait); } .Choice { stroke: var(--choice); } \
.Succeed, .end { stroke: var(--good); } .Fail { stroke: var(--bad); } .start { stroke-width: 3; }";

struct Alone;

impl Dress for Alone {
    fn beginning(&self) -> String {
        format!("<!-- Made by `cargo codegen`; edited by nobody. -->\n<style>\n{STYLE}\n</style>\n")
    }
}

/// The SVG of the state machine, with what is inside of its Map and Parallel states.
pub(crate) fn diagram(workflow: &str, machine: &StateMachine) -> Result<String, Invalid> {
    let picture = Picture::of(machine).map_err(|error| Invalid::new(workflow, "diagram", error.to_string()))?;
    Ok(draw(&picture, &format!("State machine {workflow}"), &Alone))
}
