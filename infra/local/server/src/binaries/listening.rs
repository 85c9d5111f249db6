//! Where the processes of functions ask this server for what is neither DynamoDB nor Step Functions.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;

use super::services::{Grants, Services, Values, router};
use super::{Binaries, Server};
use crate::doors::{self, Doors, Form};
use crate::host::Host;
use crate::linked::{self, Local};
use crate::store::TableNames;
use crate::{Addresses, Config, StartError, listen};

/// An address that is to be served, with what is answered there.
pub(crate) struct Listening {
    listener: TcpListener,
    address: SocketAddr,
    values: Values,
    grants: Grants,
}

/// The functions that are to run as processes, none without a directory of them, and where they ask.
pub(crate) async fn of(
    config: &Config,
    tables: &TableNames,
    addresses: Addresses,
    own: &Local<'_>,
) -> Result<(Binaries, Option<Listening>), StartError> {
    let Some(directory) = &config.lambda_binaries else {
        return Ok((Binaries::default(), None));
    };
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let unheard = |source| StartError::Listen { address: any, source };
    let listener = TcpListener::bind(any).await.map_err(unheard)?;
    let address = listener.local_addr().map_err(unheard)?;
    let server = Server {
        config,
        tables,
        addresses,
        meters: own.meters,
        services: address,
    };
    let (binaries, grants) = Binaries::of(directory, &server)?;
    let listening = Listening {
        listener,
        address,
        values: linked::parameters_on_aws(config, own, addresses.api),
        grants,
    };
    Ok((binaries, Some(listening)))
}

impl Listening {
    /// Answers until the host stops.
    pub(crate) fn serve(self, host: &Arc<Host>, doors: &Arc<Doors>) -> impl Future<Output = ()> + Send + use<> {
        let services = Services::new(host, self.values, self.grants);
        let router = doors::same_site(router(services), Form::Aws);
        let router = doors.known(router, self.address, Form::Aws);
        listen::serve(Arc::clone(host), self.listener, router)
    }
}
