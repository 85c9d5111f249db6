//! The commands, one file each.

mod ack;
mod breaker;
mod cancel;
mod dlq;
mod executions;
mod history;
mod input;
mod logs;
mod message;
mod messages;
mod redrive_execution;
mod release;
mod schedules;
mod send;
mod send_file;
mod serve;
mod sign_in;
mod start;
mod token;

use crate::arguments::{Command, SchedulesAction, Settings};
use crate::failure::{Exit, Failure, Server};
use crate::session::Session;

/// Carries out a command.
pub(crate) async fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    match command {
        Command::Doctor(arguments) => crate::doctor::run(settings, &arguments).await,
        Command::Release(arguments) => release::run(&arguments),
        Command::Serve(arguments) => serve::run(settings, &arguments).await,
        Command::Logs(arguments) => logs::run(settings, &arguments).await,
        Command::SignIn => with_session(settings, sign_in::run).await,
        Command::Token(arguments) => token::run(settings, &arguments),
        // What is refused is refused before anything is started.
        Command::Send(arguments) if arguments.file.is_some() => {
            let lines = send_file::checked(&arguments)?;
            with_session(settings, async |session| {
                send_file::run(session, &arguments, &lines).await
            })
            .await
        }
        Command::Send(arguments) => {
            let message = send::checked(&arguments)?;
            let mut sending = send::Sending::new(&arguments, &message);
            repeatable(settings, async |session| sending.run(session).await).await
        }
        Command::Start(arguments) => {
            let input = start::checked(&arguments)?;
            with_session(settings, async |session| start::run(session, &arguments, &input).await).await
        }
        Command::Messages(list) => repeatable(settings, async |session| messages::run(session, &list).await).await,
        Command::Message(one) => repeatable(settings, async |session| message::run(session, &one).await).await,
        Command::Executions(list) => repeatable(settings, async |session| executions::run(session, &list).await).await,
        Command::History(one) => with_session(settings, async |session| history::run(session, &one).await).await,
        Command::RedriveExecution(one) => {
            with_session(settings, async |session| redrive_execution::run(session, &one).await).await
        }
        Command::Dlq(arguments) => {
            dlq::check(&arguments)?;
            with_session(settings, async |session| dlq::run(session, &arguments).await).await
        }
        Command::Schedules(arguments) => {
            let request = match &arguments.action {
                Some(SchedulesAction::Next(next)) => return schedules::next(next, arguments.json),
                Some(SchedulesAction::Create(create)) => Some(schedules::request(create)?),
                _ => None,
            };
            let request = request.as_ref();
            with_session(settings, async |session| {
                schedules::run(session, &arguments, request).await
            })
            .await
        }
        Command::Ack(arguments) => with_session(settings, async |session| ack::run(session, &arguments).await).await,
        Command::Cancel(arguments) => {
            with_session(settings, async |session| cancel::run(session, &arguments).await).await
        }
        Command::Breaker(arguments) => {
            with_session(settings, async |session| breaker::run(session, &arguments).await).await
        }
    }
}

/// How many servers are tried: each may be that of another short command, and gone in a moment.
const SERVERS: usize = 10;

/// As [`with_session`], and again with the next server when one goes away: for work that may be done twice, or that goes on
/// where it was.
async fn repeatable(
    settings: &Settings,
    mut work: impl AsyncFnMut(&Session) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for _ in 1..SERVERS {
        match with_session(settings, async |session| work(session).await).await {
            Err(failure) if failure.server != Server::Answered => {}
            done => return done,
        }
    }
    with_session(settings, async |session| work(session).await).await
}

/// Does something with a server and stops it in order whatever comes of it, even when it is interrupted.
async fn with_session(
    settings: &Settings,
    work: impl AsyncFnOnce(&Session) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let session = Session::open(settings).await?;
    let result = tokio::select! {
        result = work(&session) => result,
        interrupted = tokio::signal::ctrl_c() => Err(match interrupted {
            Ok(()) => Failure::new(Exit::Failed, "interrupted: what was accepted is kept, and rez serve carries it on"),
            Err(error) => Failure::failed(format!("signals cannot be received: {error}")),
        }),
    };
    session.close().await;
    result
}
