//! The name by which a request calls this server.

use std::net::IpAddr;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};
use reqwest::Url;

use super::Refused;

/// Names, as they are compared: lower case, without a dot at the end, addresses without brackets.
pub(super) struct Name;

impl Name {
    /// The name of a request: what its target says counts before its `Host`, and they must agree.
    ///
    /// Source: RFC 9112, sections 3.2 and 3.2.2.
    pub(super) fn of(headers: &HeaderMap, target: Option<&Authority>) -> Result<String, Refused> {
        let mut given = headers.get_all(header::HOST).iter();
        let (Some(host), None) = (given.next(), given.next()) else {
            return Err(Refused::NoHost);
        };
        let host = Authority::try_from(host.as_bytes()).map_err(|_| Refused::NoHost)?;
        let plain = !host.host().is_empty() && !host.as_str().contains('@');
        if !plain || target.is_some_and(|target| *target != host) {
            return Err(Refused::NoHost);
        }
        Ok(Self::compared(host.host()))
    }

    /// The name of a setting; `None` if it is more or less than a name.
    pub(super) fn set(given: &str) -> Option<String> {
        let is_address = given.parse::<std::net::Ipv6Addr>().is_ok();
        let written = if is_address {
            format!("[{given}]")
        } else {
            given.to_owned()
        };
        let url = Url::parse(&format!("http://{written}/")).ok()?;
        let host = url
            .host_str()
            .filter(|host| host.eq_ignore_ascii_case(&written) || !written.is_ascii());
        // A name in another alphabet is called by its ASCII form, which is what browsers send.
        host.filter(|host| !host.contains('*')).map(Self::compared)
    }

    /// Whether only this machine itself can be meant. Source: RFC 6761, section 6.3: `localhost` and the names below it.
    pub(super) fn is_of_this_machine(name: &str) -> bool {
        let address = name.parse::<IpAddr>().map(|ip| ip.to_canonical());
        name == "localhost" || name.ends_with(".localhost") || address.is_ok_and(|ip| ip.is_loopback())
    }

    /// Whether the page that made a request, if any did, is of the server that the request names.
    ///
    /// The scheme is left out: who comes through a proxy with TLS says `https`, and this listener does not know that.
    pub(super) fn is_same_origin(headers: &HeaderMap) -> bool {
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        match (text("sec-fetch-site"), text("origin")) {
            (Some(site), _) => ["same-origin", "none"].contains(&site),
            (None, Some(origin)) => {
                let host = origin.split_once("://").map(|(_, host)| host);
                host.is_some_and(|host| text("host").is_some_and(|own| own.eq_ignore_ascii_case(host)))
            }
            (None, None) => true,
        }
    }

    fn compared(host: &str) -> String {
        let host = host.trim_start_matches('[').trim_end_matches([']', '.']);
        host.to_ascii_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn a_setting_is_a_name_or_an_address_and_nothing_more() {
        for (given, compared) in [
            ("rez", "rez"),
            ("Host.Docker.Internal", "host.docker.internal"),
            ("192.168.1.7", "192.168.1.7"),
            ("fe80::1", "fe80::1"),
            ("[fe80::1]", "fe80::1"),
            ("müsli.example", "xn--msli-0ra.example"),
        ] {
            assert_eq!(Name::set(given).as_deref(), Some(compared), "{given}");
        }
        for given in [
            "",
            "rez:80",
            "http://rez",
            "rez/",
            "a@b",
            "a b",
            "*",
            "*.example.org",
            "rez?x",
            "rez#x",
        ] {
            assert_eq!(Name::set(given), None, "{given}");
        }
    }

    #[test]
    fn this_machine_has_names_and_addresses() {
        for own in [
            "localhost",
            "a.localhost",
            "127.0.0.1",
            "127.255.0.9",
            "::1",
            "::ffff:127.0.0.1",
        ] {
            assert!(Name::is_of_this_machine(own), "{own}");
        }
        for other in [
            "localhost.example",
            "notlocalhost",
            "0.0.0.0",
            "::",
            "128.0.0.1",
            "127.0.0.1.nip.io",
        ] {
            assert!(!Name::is_of_this_machine(other), "{other}");
        }
    }
}
