//! Calls of the SDK's client, performed in this process by one thread.
//!
//! The database takes one request at a time and would sync each write by itself. Here it does not sync at all when it
//! commits (`synchronous = NORMAL`: a write is in the write-ahead log, which survives the process and not a power cut).
//! Instead the thread performs everything that waits, syncs the log once, and only then answers the writes. Reads are
//! answered at once: whoever acts on what is not yet durable writes behind it in the same log, which is durable from the
//! front. Sources: <https://sqlite.org/pragma.html#pragma_synchronous>, <https://sqlite.org/wal.html>.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use dynoxide::Database;
use tokio::sync::{mpsc, oneshot};

use super::operations::{self, Done};

/// How many requests may wait for the thread; others wait for room.
const WAITING: usize = 1_024;
/// How many requests one sync serves at most, so that the first of them does not wait for ever.
const GROUP: usize = 256;

/// The connection of the SDK's client to the database of this process.
#[derive(Clone, Debug)]
pub(super) struct Embedded {
    jobs: mpsc::Sender<Job>,
}

/// A request and who waits for it.
#[derive(Debug)]
struct Job {
    request: HttpRequest,
    done: oneshot::Sender<Result<Done, Lost>>,
}

/// A request without an answer. What it wrote may be there or not, as after a connection that broke.
#[derive(Clone, Debug, thiserror::Error)]
enum Lost {
    #[error("the embedded DynamoDB has been closed")]
    Closed,
    #[error("the log of the embedded DynamoDB could not be synced: check its disk, then start again")]
    Unsynced(#[source] Arc<std::io::Error>),
}

impl Embedded {
    /// Takes over a database, which lies in `file`, with a thread of its own that ends with the last client.
    pub(super) fn new(file: &Path, database: Database) -> Result<Self, String> {
        // The only way that it has to `synchronous = NORMAL`; the other settings are those it has anyhow.
        database.disable_bulk_loading().map_err(|error| error.to_string())?;
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        let log = File::open(&log).map_err(|error| format!("{}: {error}", Path::new(&log).display()))?;
        let (jobs, waiting) = mpsc::channel(WAITING);
        let run = move || run(&database, &log, waiting);
        let thread = std::thread::Builder::new().name("tables".to_owned()).spawn(run);
        thread.map_err(|error| error.to_string())?;
        Ok(Self { jobs })
    }

    async fn answer(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let (done, answer) = oneshot::channel();
        let sent = self.jobs.send(Job { request, done }).await;
        let answer = match sent {
            Ok(()) => answer.await.unwrap_or(Err(Lost::Closed)),
            Err(_) => Err(Lost::Closed),
        };
        let done = answer.map_err(|lost| ConnectorError::io(lost.into()))?;
        let status = StatusCode::try_from(done.status).map_err(|error| ConnectorError::other(error.into(), None))?;
        Ok(HttpResponse::new(status, done.body.into()))
    }
}

impl HttpConnector for Embedded {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().answer(request))
    }
}

impl HttpClient for Embedded {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// Performs what waits, as long as there are clients.
fn run(database: &Database, log: &File, mut waiting: mpsc::Receiver<Job>) {
    let (mut group, mut written, mut broken) = (Vec::new(), Vec::new(), None);
    while waiting.blocking_recv_many(&mut group, GROUP) > 0 {
        for job in group.drain(..) {
            // After a sync that failed nobody knows what the disk has: nothing is written any more.
            if let Some(lost) = &broken {
                tell(job.done, Err(Lost::clone(lost)));
                continue;
            }
            let done = perform(database, &job.request);
            if done.read_only {
                tell(job.done, Ok(done));
            } else {
                written.push((job.done, done));
            }
        }
        if written.is_empty() {
            continue;
        }
        if let Err(error) = log.sync_data() {
            tracing::error!(%error, "the log of the embedded DynamoDB could not be synced; it takes nothing more");
            broken = Some(Lost::Unsynced(Arc::new(error)));
        }
        for (waits, done) in written.drain(..) {
            tell(waits, broken.clone().map_or(Ok(done), Err));
        }
    }
}

fn perform(database: &Database, request: &HttpRequest) -> Done {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    // The bodies of requests to DynamoDB are in memory.
    operations::perform(database, target, request.body().bytes().unwrap_or_default())
}

/// A caller that has gone away needs no answer.
fn tell(waits: oneshot::Sender<Result<Done, Lost>>, answer: Result<Done, Lost>) {
    let _ = waits.send(answer);
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
    use aws_sdk_dynamodb::types::AttributeValue;
    use tokio::task::JoinSet;

    use super::super::client;
    use super::*;

    async fn count(client: &aws_sdk_dynamodb::Client) -> i32 {
        client.scan().table_name("breakers").send().await.unwrap().count
    }

    #[tokio::test]
    async fn many_write_at_once_each_gets_its_own_answer_and_the_port_sees_it() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("dynamodb.sqlite");
        let open = || Database::new(file.to_str().unwrap()).unwrap();
        let client = client(Embedded::new(&file, open()).unwrap());
        tables::ensure(&client, "messages", "breakers").await.unwrap();
        let put = |index: usize| {
            let request = client
                .put_item()
                .table_name("breakers")
                .condition_expression("attribute_not_exists(service_name)");
            let request = request.item("service_name", AttributeValue::S(format!("s{}", index / 2)));
            async move { request.send().await.is_ok() }
        };
        let answers: Vec<bool> = (0..200).map(put).collect::<JoinSet<_>>().join_all().await;
        assert_eq!(
            answers.iter().filter(|written| **written).count(),
            100,
            "one of each two"
        );
        assert_eq!(count(&client).await, 100);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = super::super::port::router(open());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(aws_sdk_dynamodb::config::Credentials::new("a", "b", None, None, "c"))
            .endpoint_url(url);
        assert_eq!(count(&aws_sdk_dynamodb::Client::from_conf(config.build())).await, 100);
    }

    /// `/dev/null` cannot be synced, as a broken disk cannot.
    #[tokio::test]
    async fn a_sync_that_fails_is_no_answer_and_nothing_is_taken_after_it() {
        let database = Database::memory().unwrap();
        let (jobs, waiting) = mpsc::channel(WAITING);
        let null = File::open("/dev/null").unwrap();
        let thread = std::thread::spawn(move || run(&database, &null, waiting));
        let embedded = Embedded { jobs };
        let call = |operation: &str, body: &'static str| {
            let mut request = HttpRequest::new(body.into());
            request
                .headers_mut()
                .insert("x-amz-target", format!("DynamoDB_20120810.{operation}"));
            embedded.clone().answer(request)
        };
        let read = call("Scan", r#"{"TableName":"absent"}"#).await.unwrap();
        assert_eq!(read.status().as_u16(), 400);
        for _ in 0..2 {
            let error = call("DeleteItem", r#"{"TableName":"absent","Key":{}}"#)
                .await
                .unwrap_err();
            let said = std::error::Error::source(&error)
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(said.contains("could not be synced"), "{said}");
        }
        drop(embedded);
        thread.join().unwrap();
    }
}
