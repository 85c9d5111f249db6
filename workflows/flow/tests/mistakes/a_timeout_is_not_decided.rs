//! Nothing is said of what happens when nobody answers in time.
use expr::{Is, TaskToken};
use flow::{Through, Unanswered, value, workflow};

fn main() {
    workflow::<String, bool>(
        "approve",
        |w, _, _| w.fail("Approval.Broken"),
        |w, _| {
            let approved = w.wait_for_token::<bool, TaskToken>(
                3_600,
                Through::Queue("ApprovalQueue"),
                |token| token.expr(),
                |w, unanswered| match unanswered {
                    Unanswered::Failed(failure) => w.fail_because("Approval.Failed", &failure.error),
                },
            );
            value(approved)
        },
    );
}
