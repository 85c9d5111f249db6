//! Serving one address: how many may be connected, and how long they may take to say what they want.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use futures_util::{StreamExt as _, stream};
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_io_timeout::TimeoutStream;

use crate::host::Host;

/// What everybody may take of an address.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// How many may be connected; others wait until somebody leaves.
    connections: usize,
    /// How long the head of a request may take, and how long a connection may be idle.
    head: Duration,
    /// How long a request's body may take.
    body: Duration,
    /// How long a client may take nothing of what it is sent. Until then it holds a place, and a stream of events with it.
    unread: Duration,
}

const LIMITS: Limits = Limits {
    connections: 1_024,
    head: Duration::from_secs(30),
    body: Duration::from_secs(30),
    unread: Duration::from_secs(30),
};
/// How long nobody is let in when the system has no file descriptor or memory left.
const OUT_OF_RESOURCES: Duration = Duration::from_secs(1);

/// Serves until the server stops, then lets the last answers out.
pub(crate) async fn serve(host: Arc<Host>, listener: TcpListener, router: Router) {
    let stopped = move || {
        let host = Arc::clone(&host);
        async move { host.stopped().await }
    };
    serve_until(stopped, listener, router, LIMITS).await;
}

/// The same until the future is ready that `stopped` gives, within these limits.
async fn serve_until<F>(
    stopped: impl Fn() -> F + Clone + Send + 'static,
    listener: TcpListener,
    router: Router,
    limits: Limits,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let (places, mut connections) = (Arc::new(Semaphore::new(limits.connections)), JoinSet::new());
    loop {
        let entered = async {
            // The semaphore is never closed.
            let place = Arc::clone(&places).acquire_owned().await.ok();
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            entered = entered => entered,
            () = stopped() => break,
        };
        match accepted {
            Ok((stream, _)) => {
                let served = connection(stopped(), stream, router.clone(), limits);
                connections.spawn(async move {
                    served.await;
                    drop(place);
                });
            }
            Err(error) if concerns_one(&error) => {}
            Err(error) => {
                tracing::error!(%error, "nobody can connect for a moment");
                tokio::time::sleep(OUT_OF_RESOURCES).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn connection<S>(stopped: impl Future<Output = ()>, stream: S, router: Router, limits: Limits)
where
    S: AsyncRead + AsyncWrite + Send + 'static,
{
    let mut stream = Box::pin(TimeoutStream::new(stream));
    stream.as_mut().set_write_timeout_pinned(Some(limits.unread));
    let router = router.layer(middleware::from_fn_with_state(limits.body, within_time));
    // Not the builder that finds out the version first: it waits for that without a limit of time.
    let mut builder = Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(limits.head);
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(connection);
    tokio::select! {
        // A client that breaks off is no fault of ours.
        _ = connection.as_mut() => {}
        () = stopped => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// Whether an error of accepting is about the one who wanted in.
fn concerns_one(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Gives the body of a request a time in which it has to come: a reader of a body that is late finds an error in it.
async fn within_time(State(time): State<Duration>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    next.run(request.map(|body| in_time(body, time))).await
}

fn in_time(body: Body, time: Duration) -> Body {
    let deadline = Instant::now() + time;
    let parts = stream::unfold(body.into_data_stream(), move |mut parts| async move {
        let part = match tokio::time::timeout_at(deadline, parts.next()).await {
            Ok(part) => part?.map_err(io::Error::other),
            Err(_) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "the body of the request is late",
            )),
        };
        Some((part, parts))
    });
    Body::from_stream(parts)
}

#[cfg(test)]
mod tests;
