//! `rez serve`.

use std::io::{IsTerminal as _, Write as _};

use activity_runtime::Environment;
use authorizer::IssuerSettings;
use secrecy::ExposeSecret as _;
use server::{Config, Policies, StartError, Stopped};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::arguments::{ServeArgs, Settings};
use crate::failure::Failure;
use crate::hint::rez;
use crate::output;
use crate::session;

/// A file has reached the limit of its size.
const SIGXFSZ: i32 = 25;

/// Serves until SIGTERM or SIGINT.
pub(crate) async fn run(settings: &Settings, arguments: &ServeArgs) -> Result<(), Failure> {
    stays_at_home(arguments)?;
    let base = session::config(settings)?;
    let policies = if arguments.enforce_policies {
        Policies::of_workflows(&base.stage)
    } else {
        Policies::default()
    };
    let config = Config {
        policies,
        listen: arguments.listen,
        sfn_listen: arguments.sfn_listen,
        lambda_endpoint: arguments.lambda_endpoint.clone(),
        lambda_binaries: arguments
            .lambda_binaries
            .clone()
            .filter(|path| !path.as_os_str().is_empty()),
        most_open: arguments.max_open_executions,
        retention: arguments.retention,
        public_url: arguments.public_url.clone().filter(|url| !url.is_empty()),
        issuer: IssuerSettings::of(&Environment::of_process()).map_err(|error| Failure::refused(error.to_string()))?,
        origins: named(&arguments.cors_origins),
        allowed_hosts: named(&arguments.allowed_hosts),
        rate: arguments.rate_limit,
        ..base
    };
    let target = config.ntfy.url.clone();
    let issuer = config.issuer.as_ref().map(|issuer| issuer.issuer.clone());
    // Caught so that it does not end the process: a file that may not grow (`ulimit -f`) is then a failed write, which is
    // refused as on a full disk. The number is the same on Linux and macOS.
    let _file_too_large = signal(SignalKind::from_raw(SIGXFSZ))?;
    let mut terminate = signal(SignalKind::terminate())?;
    let server = server::start(config)
        .await
        .map_err(|error| not_started(error, arguments))?;
    // Only now is the directory this process's own. A log that cannot be kept is no reason not to carry messages.
    if let Err(error) = crate::logs::keep(&settings.data_dir) {
        tracing::warn!(%error, "rez logs will find nothing: the log cannot be kept in the data directory");
    }
    let (api, sfn) = (server.addresses.api, server.addresses.sfn);
    let data = std::path::absolute(&settings.data_dir).unwrap_or_else(|_| settings.data_dir.clone());
    output::line(format_args!("API            http://{api}/api"))?;
    output::line(format_args!("Step Functions http://{sfn}"))?;
    output::line(format_args!(
        "delivers to    {}",
        target.unwrap_or_else(|| format!("http://{api}/inbox, the built-in inbox"))
    ))?;
    let processes = server.functions_as_processes();
    if !processes.is_empty() {
        output::line(format_args!(
            "processes      {}; other functions are part of this one",
            processes.join(", ")
        ))?;
    }
    // A link lets whoever reads it in: it is for the eyes of a person, and never for a file or a log.
    if let Some(issuer) = issuer {
        output::line(format_args!("sign in        at {issuer}"))?;
    } else if std::io::stdout().is_terminal() {
        let link = server.sign_in_link();
        output::line(format_args!("sign in        {}", link.expose_secret()))?;
    } else {
        output::line(format_args!(
            "sign in        {} sign-in prints a link for the browser",
            rez()
        ))?;
    }
    output::line(format_args!("data           {}", data.display()))?;
    asked_to_stop(&mut terminate).await?;
    say(format_args!(
        "stopping: what runs has five seconds; a second signal ends at once"
    ));
    tokio::select! {
        Stopped { finished, cut_off } = server.shutdown() => {
            say(format_args!("stopped: {finished} tasks ended, {cut_off} are repeated after the next start"));
        }
        again = asked_to_stop(&mut terminate) => {
            again?;
            say(format_args!("stopped at once: tasks that ran are repeated after the next start"));
        }
    }
    Ok(())
}

/// What a list names; an empty variable names nothing.
fn named(list: &[String]) -> Vec<String> {
    list.iter().filter(|one| !one.is_empty()).cloned().collect()
}

/// Why it does not serve; of an address that is taken, which setting names it.
fn not_started(error: StartError, arguments: &ServeArgs) -> Failure {
    let StartError::Listen { address, .. } = &error else {
        return session::start_failed(error);
    };
    let remedy = match (*address == arguments.listen, *address == arguments.sfn_listen) {
        (true, true) => "set REZ_LISTEN and REZ_SFN_LISTEN to two free addresses",
        (false, true) => "set REZ_SFN_LISTEN, or --sfn-listen, to a free address",
        _ => "set REZ_LISTEN, or --listen, to a free address",
    };
    Failure::failed(format!("{:#}: {remedy}", anyhow::Error::new(error)))
}

/// Says something of the end. That nobody reads it any more is no failure.
fn say(text: std::fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Returns when the process is to end.
async fn asked_to_stop(terminate: &mut Signal) -> std::io::Result<()> {
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}

/// Tokens and sessions would cross the network in the clear, and neither the inbox nor the Step Functions API asks who
/// comes.
fn stays_at_home(arguments: &ServeArgs) -> Result<(), Failure> {
    let beyond = [
        ("REZ_LISTEN", arguments.listen),
        ("REZ_SFN_LISTEN", arguments.sfn_listen),
    ]
    .into_iter()
    .find(|(_, address)| !address.ip().is_loopback());
    match beyond {
        Some((name, address)) if !arguments.without_sign_in_beyond_loopback => Err(Failure::refused(format!(
            "{name} is {address}, which others can reach, and nobody has to sign in to the inbox and the Step Functions \
             API: use 127.0.0.1, or add --without-sign-in-beyond-loopback if that is what you want"
        ))),
        _ => Ok(()),
    }
}
