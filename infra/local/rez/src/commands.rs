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

use crate::arguments::{Command, OnAws, SchedulesAction, Settings};
use crate::failure::{Exit, Failure, Server};
use crate::session::{Place, Session};

/// Carries out a command.
pub(crate) async fn run(settings: &Settings, aws: &OnAws, command: Command) -> Result<(), Failure> {
    let place = Place { settings, aws };
    match command {
        Command::Doctor(arguments) => crate::doctor::run(place, &arguments).await,
        Command::Release(arguments) => release::run(&arguments),
        Command::Logs(arguments) => logs::run(place, &arguments).await,
        Command::Serve(arguments) => serve::run(here("serve", place)?, &arguments).await,
        Command::SignIn => {
            here("sign-in", place)?;
            with_session(place, sign_in::run).await
        }
        Command::Token(arguments) => token::run(here("token", place)?, &arguments),
        // What is refused is refused before anything is started.
        Command::Send(arguments) if arguments.file.is_some() => {
            let lines = send_file::checked(&arguments)?;
            with_session(place, async |session| send_file::run(session, &arguments, &lines).await).await
        }
        Command::Send(arguments) => {
            let message = send::checked(&arguments)?;
            let mut sending = send::Sending::new(&arguments, &message);
            repeatable(place, async |session| sending.run(session).await).await
        }
        Command::Start(arguments) => {
            let input = start::checked(&arguments)?;
            with_session(place, async |session| start::run(session, &arguments, &input).await).await
        }
        Command::Messages(list) => repeatable(place, async |session| messages::run(session, &list).await).await,
        Command::Message(one) => repeatable(place, async |session| message::run(session, &one).await).await,
        Command::Executions(list) => repeatable(place, async |session| executions::run(session, &list).await).await,
        Command::History(one) => with_session(place, async |session| history::run(session, &one).await).await,
        Command::RedriveExecution(one) => {
            with_session(place, async |session| redrive_execution::run(session, &one).await).await
        }
        Command::Dlq(arguments) => {
            dlq::check(&arguments)?;
            with_session(place, async |session| dlq::run(session, &arguments).await).await
        }
        Command::Schedules(arguments) => {
            let request = match &arguments.action {
                Some(SchedulesAction::Next(next)) => return schedules::next(next, arguments.json),
                Some(SchedulesAction::Create(create)) => Some(schedules::request(create)?),
                _ => None,
            };
            let request = request.as_ref();
            with_session(place, async |session| {
                schedules::run(session, &arguments, request).await
            })
            .await
        }
        Command::Ack(arguments) => with_session(place, async |session| ack::run(session, &arguments).await).await,
        Command::Cancel(arguments) => with_session(place, async |session| cancel::run(session, &arguments).await).await,
        Command::Breaker(arguments) => {
            with_session(place, async |session| breaker::run(session, &arguments).await).await
        }
    }
}

/// The settings of this machine's server, for what there is of it alone.
fn here<'a>(command: &str, place: Place<'a>) -> Result<&'a Settings, Failure> {
    if place.aws.aws {
        return Err(Failure::refused(format!(
            "{command} is about this machine's server: leave out --aws; on AWS people sign in at the address of the API"
        )));
    }
    Ok(place.settings)
}

/// How many servers are tried: each may be that of another short command, and gone in a moment.
const SERVERS: usize = 10;

/// As [`with_session`], and again with the next server when one goes away: for work that may be done twice, or that goes on
/// where it was.
async fn repeatable(
    place: Place<'_>,
    mut work: impl AsyncFnMut(&Session) -> Result<(), Failure>,
) -> Result<(), Failure> {
    // There is one AWS, and its clients have tried again already.
    let others = if place.aws.aws { 0 } else { SERVERS - 1 };
    for _ in 0..others {
        match with_session(place, async |session| work(session).await).await {
            Err(failure) if failure.server != Server::Answered => {}
            done => return done,
        }
    }
    with_session(place, async |session| work(session).await).await
}

/// Does something with a server and stops it in order whatever comes of it, even when it is interrupted.
async fn with_session(
    place: Place<'_>,
    work: impl AsyncFnOnce(&Session) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let session = Session::open(place).await?;
    let result = tokio::select! {
        result = work(&session) => result,
        interrupted = tokio::signal::ctrl_c() => Err(match interrupted {
            Ok(()) => {
                let who = if place.aws.aws { "AWS" } else { "rez serve" };
                let text = format!("interrupted: what was accepted is kept, and {who} carries it on");
                Failure::new(Exit::Failed, text)
            }
            Err(error) => Failure::failed(format!("signals cannot be received: {error}")),
        }),
    };
    session.close().await;
    result
}
