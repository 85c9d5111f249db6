//! Whose process is at the other end of a connection on this machine.
//!
//! Runtimes send no secret to the Runtime API that would tell them from others, and some drop the path of the address where one
//! could stand. The kernel knows to whom each connection belongs: what asks is of this process's own user, who could read the
//! memory of a function anyway, or it is not heard.

use std::net::{SocketAddr, SocketAddrV4};

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};

/// The connections of this machine, on Linux.
const TABLE: &str = "/proc/net/tcp";

/// A listener that hears processes of its own user alone. Where the kernel has no table of connections it hears all.
pub(crate) struct OwnUser(pub(crate) TcpListener);

impl Listener for OwnUser {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            // It waits where no connection can be accepted now, for want of descriptors.
            let (stream, peer) = Listener::accept(&mut self.0).await;
            let Ok(own) = stream.local_addr() else { continue };
            if is_heard(peer, own) {
                return (stream, peer);
            }
            tracing::warn!("a process of another user has asked for the events of a function, and is not heard");
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

fn is_heard(peer: SocketAddr, own: SocketAddr) -> bool {
    let (SocketAddr::V4(peer), SocketAddr::V4(own)) = (peer, own) else {
        return false;
    };
    let Ok(table) = std::fs::read_to_string(TABLE) else {
        return true;
    };
    user(&table, peer, own) == Some(rustix::process::geteuid().as_raw())
}

/// To which user the end of a connection belongs that is at `peer`.
///
/// Source: `proc_pid_net(5)`, "/proc/net/tcp": addresses are hexadecimal, in the byte order of the machine.
fn user(table: &str, peer: SocketAddrV4, own: SocketAddrV4) -> Option<u32> {
    let written = |address: SocketAddrV4| {
        let bytes = u32::from_ne_bytes(address.ip().octets());
        format!("{bytes:08X}:{:04X}", address.port())
    };
    let (peer, own) = (written(peer), written(own));
    table.lines().find_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let ends = fields.next()? == peer && fields.next()? == own;
        ends.then(|| fields.nth(4)?.parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn a_connection_belongs_to_whom_the_table_says() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
             0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0 100 0 0 10 0\n\
             1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 02:000004D2 00000000  1000        0 12 1 0 20 4 30 10 -1\n\
             2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     7        0 13 1 0 20 4 30 10 -1\n";
        let at = |port| SocketAddrV4::new(Ipv4Addr::LOCALHOST, port);
        assert_eq!(user(table, at(50_000), at(8_080)), Some(1_000));
        assert_eq!(user(table, at(8_080), at(50_000)), Some(7));
        assert_eq!(
            user(table, at(50_001), at(8_080)),
            None,
            "nobody is heard of whom nothing is known"
        );
        assert_eq!(user("", at(50_000), at(8_080)), None);
    }

    #[tokio::test]
    async fn a_process_of_the_same_user_is_heard() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let _asks = TcpStream::connect(address).await.unwrap();
        let (stream, peer) = listener.accept().await.unwrap();
        assert!(is_heard(peer, stream.local_addr().unwrap()));
        let table = std::fs::read_to_string(TABLE).unwrap_or_default();
        if let (false, SocketAddr::V4(peer), SocketAddr::V4(own)) = (table.is_empty(), peer, address) {
            assert!(
                user(&table, peer, own).is_some(),
                "it was not let in for want of a table"
            );
        }
    }
}
