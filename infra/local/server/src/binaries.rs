//! `--lambda-binaries`: the Lambda functions of which a directory has the binaries run as processes of their own, as they
//! would on AWS. The others are those linked into this program.

mod description;
mod environment;
mod lines;
mod listening;
mod services;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use functions::{Function, Output, Settings};
use futures_util::future::join_all;
use secrecy::SecretString;

use crate::meters::Meters;
use crate::store::TableNames;
use crate::{Addresses, Config, StartError, addresses};
use description::Description;
use environment::Surroundings;

pub(crate) use listening::of;
use services::Grants;
pub(crate) use services::Values;

/// The functions that run as processes, by the name that stands in their ARN.
#[derive(Debug, Default)]
pub(crate) struct Binaries(BTreeMap<String, Arc<Function>>);

/// What the processes are given of this server.
struct Server<'a> {
    config: &'a Config,
    tables: &'a TableNames,
    addresses: Addresses,
    meters: &'a Arc<Meters>,
    /// Where everything else of AWS is asked for.
    services: SocketAddr,
}

impl Binaries {
    /// The functions of a directory: ours as `DIR/NAME/bootstrap` or `DIR/NAME`, others as `DIR/NAME/bootstrap` alone, for a
    /// directory of cargo's has much in it that is no function. With what each may ask this server for.
    fn of(directory: &Path, server: &Server<'_>) -> Result<(Self, Grants), StartError> {
        let surroundings = Surroundings::of(server);
        let output: Arc<dyn Output> = Arc::new(lines::Lines(Arc::clone(server.meters)));
        let (mut functions, mut grants) = (BTreeMap::new(), Grants::default());
        for name in names(directory)? {
            let found = functions::program(directory, &name).map_err(|error| wrong(&error))?;
            let Some(program) = found else { continue };
            let description = Description::of(directory, &name)?;
            let token = SecretString::from(uuid::Uuid::new_v4().to_string());
            grants.add(&token, surroundings.grant(&name, &description));
            let settings = Settings {
                timeout: description.timeout(),
                memory: description.memory,
                environment: surroundings.environment(&description, &token),
                ..Settings::new(&name, addresses::function_arn(&name), program)
            };
            functions.insert(name, Arc::new(Function::new(settings, Arc::clone(&output))));
        }
        if functions.is_empty() {
            let detail = format!(
                "{} has none of our functions, as {}, and no NAME/bootstrap: build them with cargo build --workspace",
                directory.display(),
                description::OURS[0].0
            );
            return Err(StartError::Setting {
                setting: SETTING,
                detail,
            });
        }
        Ok((Self(functions), grants))
    }

    pub(crate) fn function(&self, name: &str) -> Option<&Arc<Function>> {
        self.0.get(name)
    }

    /// Which functions there are.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Ends every process at once.
    pub(crate) fn kill(&self) {
        self.0.values().for_each(|function| function.kill());
    }

    /// The same; returns when no call runs any more.
    pub(crate) async fn close(&self) {
        join_all(self.0.values().map(|function| function.close())).await;
    }
}

const SETTING: &str = "--lambda-binaries";

fn wrong(error: &dyn std::error::Error) -> StartError {
    let source = error.source().map_or_else(String::new, |source| format!(": {source}"));
    StartError::Setting {
        setting: SETTING,
        detail: format!("{error}{source}"),
    }
}

/// Names that may be functions'. Source: Lambda API reference, `CreateFunction`, `FunctionName`.
fn names(directory: &Path) -> Result<BTreeSet<String>, StartError> {
    let unreadable = |error: std::io::Error| StartError::Setting {
        setting: SETTING,
        detail: format!("{} cannot be read: {error}", directory.display()),
    };
    let mut names: BTreeSet<String> = description::OURS.iter().map(|(name, _)| (*name).to_owned()).collect();
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().into_string().unwrap_or_default();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let is_name = (1..=64).contains(&name.len()) && name.bytes().all(allowed);
        if is_name && entry.path().join("bootstrap").is_file() {
            names.insert(name);
        }
    }
    Ok(names)
}
