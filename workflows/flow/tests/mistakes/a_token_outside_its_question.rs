//! The token of one question is put into another one.
use expr::{Expr, Is, TaskToken};
use flow::{Through, value, workflow};

fn main() {
    workflow::<String, bool>(
        "approve",
        |w, _, _| w.fail("Approval.Broken"),
        |w, _| {
            let mut kept: Option<Expr<TaskToken>> = None;
            let first = w.wait_for_token::<bool, TaskToken>(
                3_600,
                Through::Queue("ApprovalQueue"),
                |token| {
                    let token: Expr<TaskToken> = token.expr();
                    kept = Some(token.clone());
                    token
                },
                |w, _| w.fail("Approval.Failed"),
            );
            w.sqs_send_message::<TaskToken>("AuditQueue", kept.unwrap(), |_, _| value(()));
            value(first)
        },
    );
}
