//! From a block of steps to a finished graph. Branches and iterations are finished before what is around them.

use crate::{
    Finding, Place, chain, choices, edges, ends,
    graph::{Gets, Graph},
    liveness, lower, merge,
    tree::Block,
};

/// The graph of a workflow, a branch or an iteration, asked for at `place`.
pub(crate) fn graph(block: &Block, name: &str, gets: Gets, place: Place, findings: &mut Vec<Finding>) -> Graph {
    let (mut graph, mut entry) = lower::lower(block, name, gets, findings);
    edges::resolve_edge(&mut entry, place, findings);
    liveness::enter(&mut graph, entry, place);
    edges::resolve(&mut graph, findings);
    choices::flatten(&mut graph);
    liveness::settle(&mut graph, place, findings);
    ends::add_ends(&mut graph, place);
    merge::merge(&mut graph);
    choices::flatten(&mut graph);
    liveness::drop_unread(&mut graph);
    merge::merge(&mut graph);
    chain::chain(&mut graph);
    graph
}
