//! Who may knock at a listener, before anybody is asked for a token.
//!
//! Inbox, metrics and the wire APIs ask nobody who comes, since they listen to this machine alone. A browser of this machine
//! carries pages from elsewhere, though. Two things keep these out. A page of `evil.example` whose name was made to lead here
//! (DNS rebinding) still calls this server by that name: only known names are taken. A page that posts to a loopback
//! address without asking first is told apart by `Sec-Fetch-Site` and `Origin`, which no page can forge and no program sends.
//! Who announces a proxy, by a public URL beyond this machine, has these addresses ask for a token: of what a proxy passes on,
//! nothing shows for sure that it does. Deliveries to the inbox carry a pass of their own.
//!
//! Sources: RFC 9110, sections 7.2 and 15.5.20; <https://www.w3.org/TR/fetch-metadata/>; Fetch Standard, "Origin header".

mod name;
mod refused;

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use api::Api;
use authorizer::Pass;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Method, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use reqwest::Url;
use tower::ServiceExt as _;

use crate::StartError;
use name::Name;
pub(crate) use refused::{Form, Refused};

/// What proxies say of whom they speak for. Sources: RFC 7239; RFC 9110, section 7.6.3; the customs of nginx, Caddy
/// and Traefik.
const FORWARDED: [&str; 3] = ["forwarded", "via", "x-real-ip"];
const FORWARDED_PREFIX: &str = "x-forwarded-";

/// The names by which this server is called.
#[derive(Debug)]
pub(crate) struct Doors {
    /// As somebody has set them.
    allowed: BTreeSet<String>,
    /// The name under which a proxy passes requests on from beyond this machine.
    public: Option<String>,
    /// What this server's own requests carry.
    pass: Pass,
}

/// The door of one listener.
#[derive(Clone, Debug)]
struct Door {
    doors: Arc<Doors>,
    listens: IpAddr,
    form: Form,
}

impl Doors {
    /// `allowed` are further names of this server, as containers call it; `public` is where browsers reach it, if somebody has
    /// set that, and `listens` where it listens. Who lets it listen beyond this machine has opened it there as it is: what is
    /// open under its own address stays so. `pass` is what its own deliveries to the inbox carry.
    pub(crate) fn new(
        allowed: &[String],
        public: Option<&Url>,
        listens: IpAddr,
        pass: Pass,
    ) -> Result<Self, StartError> {
        let allowed = allowed.iter().map(|given| {
            Name::set(given).ok_or_else(|| StartError::Setting {
                setting: "REZ_ALLOWED_HOSTS",
                detail: "write each name alone, without scheme, port or path, as rez or host.docker.internal"
                    .to_owned(),
            })
        });
        let public = public.and_then(Url::host_str).and_then(Name::set);
        let is_where_it_listens = |name: &str| name.parse().is_ok_and(|ip: IpAddr| ip == listens);
        Ok(Self {
            allowed: allowed.collect::<Result<_, _>>()?,
            public: public.filter(|name| !Name::is_of_this_machine(name) && !is_where_it_listens(name)),
            pass,
        })
    }

    /// A listener that takes known names alone, and refuses in this form.
    pub(crate) fn known(self: &Arc<Self>, router: Router, listens: SocketAddr, form: Form) -> Router {
        let door = Door {
            doors: Arc::clone(self),
            listens: listens.ip(),
            form,
        };
        router.layer(middleware::from_fn_with_state(door, by_name))
    }

    /// Addresses that ask nobody who comes from this machine. Beyond it they are an administrator's.
    pub(crate) fn open(self: &Arc<Self>, router: Router, api: Api) -> Router {
        router.layer(middleware::from_fn_with_state((Arc::clone(self), api), at_home))
    }

    fn takes(&self, name: &str, listens: IpAddr) -> bool {
        let known =
            Name::is_of_this_machine(name) || self.allowed.contains(name) || self.public.as_deref() == Some(name);
        // No name can be made to lead to such a Host: who listens beyond loopback is called by its address.
        let as_address = || {
            name.parse::<IpAddr>()
                .is_ok_and(|ip| listens.is_unspecified() || ip == listens)
        };
        known || as_address()
    }

    /// Whether a request may come from beyond this machine. Where a proxy is announced each may: it need not say for whom
    /// it speaks, nor by which name it was called.
    fn may_come_from_beyond(&self, headers: &HeaderMap) -> bool {
        let mut given = headers.keys().map(HeaderName::as_str);
        self.public.is_some() || given.any(|name| FORWARDED.contains(&name) || name.starts_with(FORWARDED_PREFIX))
    }

    fn is_own(&self, headers: &HeaderMap) -> bool {
        let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        authorization.is_some_and(|given| self.pass.is_in(given))
    }
}

/// Refuses what other sites' pages send, where neither a token nor a form's secret shows who sent it.
pub(crate) fn same_site(router: Router, form: Form) -> Router {
    router.layer(middleware::from_fn_with_state(form, of_this_site))
}

async fn by_name(State(door): State<Door>, request: Request, next: Next) -> Response {
    match Name::of(request.headers(), request.uri().authority()) {
        Ok(name) if door.doors.takes(&name, door.listens) => next.run(request).await,
        Ok(_) => door.form.answer(Refused::OtherHost),
        Err(refused) => door.form.answer(refused),
    }
}

async fn of_this_site(State(form): State<Form>, request: Request, next: Next) -> Response {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if reads || Name::is_same_origin(request.headers()) {
        return next.run(request).await;
    }
    form.answer(Refused::OtherSite)
}

async fn at_home(State((doors, api)): State<(Arc<Doors>, Api)>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !doors.may_come_from_beyond(headers) || doors.is_own(headers) {
        return next.run(request).await;
    }
    // Not the addresses once more: their parameters have been read from the path already.
    let guarded = api::for_administrators(api, Router::new().fallback_service(next));
    guarded.oneshot(request).await.into_response()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn what_is_open_stays_open_under_the_address_at_which_it_listens() {
        let public = Url::parse("http://192.168.1.5:8080").unwrap();
        let headers = |name: &'static str, value: &str| {
            let host = (header::HOST, "192.168.1.5:8080".parse().unwrap());
            HeaderMap::from_iter([host, (name.parse().unwrap(), value.parse().unwrap())])
        };
        for (public, listens, beyond) in [
            (Some(&public), "192.168.1.5", false),
            (Some(&public), "127.0.0.1", true),
            (Some(&public), "0.0.0.0", true),
            (None, "192.168.1.5", false),
            (None, "0.0.0.0", false),
        ] {
            let pass = Pass::new();
            let doors = Doors::new(&[], public, listens.parse().unwrap(), pass.clone()).unwrap();
            assert_eq!(
                doors.may_come_from_beyond(&headers("accept", "*/*")),
                beyond,
                "{public:?} {listens}"
            );
            for name in ["via", "x-forwarded-proto"] {
                let beyond = doors.may_come_from_beyond(&headers(name, "x"));
                assert!(beyond, "{public:?} {listens} {name}");
            }
            let own = format!("Bearer {}", pass.token().expose_secret());
            assert!(doors.is_own(&headers("authorization", &own)));
            assert!(!doors.is_own(&headers("authorization", "Bearer of nothing")));
        }
    }

    #[test]
    fn a_server_beyond_this_machine_is_called_by_its_addresses() {
        let doors = Doors::new(&["rez".to_owned()], None, IpAddr::from([0, 0, 0, 0]), Pass::new()).unwrap();
        let takes = |name: &str, listens: &str| doors.takes(name, listens.parse().unwrap());
        for (name, listens, taken) in [
            ("192.168.1.5", "0.0.0.0", true),
            ("fe80::1", "::", true),
            ("192.168.1.5", "192.168.1.5", true),
            ("192.168.1.6", "192.168.1.5", false),
            ("192.168.1.5", "127.0.0.1", false),
            ("evil.example", "0.0.0.0", false),
            ("rez", "127.0.0.1", true),
            ("localhost", "192.168.1.5", true),
        ] {
            assert_eq!(takes(name, listens), taken, "{name} at {listens}");
        }
    }
}
