// SPDX-License-Identifier: Apache-2.0
//! The server of both addresses: TLS, limits of connections, and time limits.

use super::client::Client;
use crate::{
    config::TlsFiles,
    error::{GatewayError, Result},
};
use axum::{extract::Request, Extension, Router};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{
    collections::{hash_map::Entry, HashMap},
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::watch,
    task::JoinSet,
    time::timeout,
};
use tokio_rustls::{
    rustls::{
        crypto::ring,
        pki_types::{pem::PemObject, CertificateDer, PrivateKeyDer},
        ServerConfig,
    },
    TlsAcceptor,
};

/// The limits of an address that the gateway listens on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Maximum number of connections at a time.
    connections: usize,
    /// Maximum number of connections of one client at a time. See [`Client::name`].
    connections_per_client: usize,
    /// The time in which a client must complete a TLS handshake, and the headers of a request.
    header_time: Duration,
    /// Maximum duration of a connection.
    connection_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            // A hospital's doctors may stand behind one address.
            connections_per_client: 128,
            header_time: Duration::from_secs(10),
            connection_time: Duration::from_secs(600),
        }
    }
}

/// The pause after the system refuses a connection, for example without free descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The open connections, in total and by client.
#[derive(Default)]
struct Seats(Mutex<Taken>);

#[derive(Default)]
struct Taken {
    total: usize,
    by_client: HashMap<IpAddr, usize>,
}

/// One open connection. It ends when dropped.
struct Seat {
    seats: Arc<Seats>,
    client: Option<IpAddr>,
}

impl Seats {
    fn take(self: &Arc<Self>, address: IpAddr, limits: &Limits) -> Option<Seat> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.total >= limits.connections {
            return None;
        }
        let client = Client(address).name();
        if let Some(client) = client {
            let of_client = taken.by_client.entry(client).or_default();
            if *of_client >= limits.connections_per_client {
                return None;
            }
            *of_client = of_client.saturating_add(1);
        }
        taken.total = taken.total.saturating_add(1);
        Some(Seat {
            seats: Arc::clone(self),
            client,
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.0.lock().unwrap_or_else(PoisonError::into_inner);
        taken.total = taken.total.saturating_sub(1);
        let Some(client) = self.client else { return };
        if let Entry::Occupied(mut of_client) = taken.by_client.entry(client) {
            *of_client.get_mut() = of_client.get().saturating_sub(1);
            if *of_client.get() == 0 {
                of_client.remove();
            }
        }
    }
}

/// Reads the certificate and the key.
///
/// # Errors
/// `InvalidConfig`, `InvalidSecret`.
pub(crate) fn tls_acceptor(files: &TlsFiles) -> Result<TlsAcceptor> {
    let cert =
        |e: String| GatewayError::InvalidConfig(format!("tls: {}: {e}", files.cert_file.display()));
    let key = |e: String| GatewayError::InvalidSecret(format!("{}: {e}", files.key_file.display()));
    crate::vault::check_mode(&files.key_file)?;
    let chain = CertificateDer::pem_file_iter(&files.cert_file)
        .map_err(|e| cert(e.to_string()))?
        .collect::<core::result::Result<Vec<_>, _>>()
        .map_err(|e| cert(e.to_string()))?;
    let secret = PrivateKeyDer::from_pem_file(&files.key_file).map_err(|e| key(e.to_string()))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| cert(e.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|e| cert(e.to_string()))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Serves a router until the signal to stop.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    limits: Limits,
    mut stopped: watch::Receiver<bool>,
) {
    let seats = Arc::new(Seats::default());
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.wait_for(|stop| *stop) => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        // Beyond the limits a connection is closed at once: it costs nothing more.
        let Some(seat) = seats.take(address.ip(), &limits) else {
            continue;
        };
        let router = router.clone().layer(Extension(Client(address.ip())));
        let (tls, stopped) = (tls.clone(), stopped.clone());
        connections.spawn(async move {
            let _seat = seat;
            let Some(tls) = tls else {
                return connection(stream, router, limits, stopped).await;
            };
            if let Ok(Ok(stream)) = timeout(limits.header_time, tls.accept(stream)).await {
                connection(stream, router, limits, stopped).await;
            }
        });
    }
    while connections.join_next().await.is_some() {}
}

async fn connection(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    router: Router,
    limits: Limits,
    mut stopped: watch::Receiver<bool>,
) {
    let service = TowerToHyperService::new(tower_map(router));
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(serving);
    let stop = async move {
        // An error means that the sender is gone, which is a stop too.
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    let ended = timeout(limits.connection_time, async {
        tokio::select! {
            ended = serving.as_mut() => return ended,
            () = stop => serving.as_mut().graceful_shutdown(),
        }
        serving.as_mut().await
    })
    .await;
    if let Ok(Err(error)) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// The router as a service for the bodies of hyper.
fn tower_map(
    router: Router,
) -> impl tower::Service<
    hyper::Request<Incoming>,
    Response = axum::response::Response,
    Error = core::convert::Infallible,
    Future: Send,
> + Clone {
    use tower::ServiceExt;
    tower::service_fn(move |request: hyper::Request<Incoming>| {
        let request: Request = request.map(axum::body::Body::new);
        router.clone().oneshot(request)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    async fn server(limits: Limits) -> (std::net::SocketAddr, watch::Sender<bool>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let router = Router::new().route(
            "/",
            get(|Extension(Client(ip)): Extension<Client>| async move { ip.to_string() }),
        );
        tokio::spawn(serve(listener, None, router, limits, stopped));
        (address, stop)
    }

    #[tokio::test]
    async fn serve_should_answer_with_the_clients_address_and_stop() {
        let (address, stop) = server(Limits::default()).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .await
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.ends_with("127.0.0.1"), "{answer}");
        stop.send_replace(true);
        tokio::time::sleep(Duration::from_millis(50)).await;
        let refused = TcpStream::connect(address).await;
        assert!(refused.is_err());
    }

    /// Reads until the server closes the connection.
    async fn closed(stream: &mut TcpStream) -> bool {
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        timeout(Duration::from_secs(20), read).await.is_ok()
    }

    /// Attack: a client opens connections and sends nothing.
    #[tokio::test]
    async fn client_that_sends_no_headers_should_be_cut_off() {
        let limits = Limits {
            header_time: Duration::from_millis(100),
            ..Limits::default()
        };
        let (address, _stop) = server(limits).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HT").await.unwrap();
        assert!(closed(&mut stream).await, "the connection is still open");
    }

    /// Attack: clients take all connections.
    #[tokio::test]
    async fn connections_beyond_the_limit_should_be_closed() {
        let limits = Limits {
            connections: 2,
            ..Limits::default()
        };
        let (address, _stop) = server(limits).await;
        let mut kept = Vec::new();
        for _ in 0..2 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream
                .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .await
                .unwrap();
            // The answer shows that the server has taken the connection.
            stream.read_exact(&mut [0; 12]).await.unwrap();
            kept.push(stream);
        }
        let mut third = TcpStream::connect(address).await.unwrap();
        assert!(closed(&mut third).await, "the third connection is open");
        kept.clear();
    }

    #[test]
    fn seats_should_be_free_again_when_connections_end() {
        let limits = Limits {
            connections: 2,
            connections_per_client: 1,
            ..Limits::default()
        };
        let seats = Arc::new(Seats::default());
        let clients: [IpAddr; 3] = [[10, 0, 0, 1], [10, 0, 0, 2], [10, 0, 0, 3]].map(Into::into);
        let first = seats.take(clients[0], &limits).unwrap();
        assert!(seats.take(clients[0], &limits).is_none());
        let _second = seats.take(clients[1], &limits).unwrap();
        assert!(seats.take(clients[2], &limits).is_none());
        drop(first);
        assert!(seats.take(clients[2], &limits).is_some());
        assert_eq!(seats.0.lock().unwrap().by_client.len(), 1);
    }

    /// Attack: a client with a network of IPv6 addresses takes a connection with each.
    #[test]
    fn addresses_of_one_ipv6_network_should_share_their_connections() {
        let limits = Limits {
            connections_per_client: 1,
            ..Limits::default()
        };
        let seats = Arc::new(Seats::default());
        let of = |network: u16, host: u16| IpAddr::from([0x2001, 0xdb8, 0, network, 0, 0, 0, host]);
        let _kept = seats.take(of(1, 1), &limits).unwrap();
        assert!(seats.take(of(1, 2), &limits).is_none());
        assert!(seats.take(of(2, 1), &limits).is_some());
    }

    #[test]
    fn clients_behind_a_proxy_on_this_machine_should_share_only_the_total() {
        let limits = Limits {
            connections: 3,
            connections_per_client: 1,
            ..Limits::default()
        };
        let seats = Arc::new(Seats::default());
        let proxy = IpAddr::from([127, 0, 0, 1]);
        let kept: Vec<_> = (0..3)
            .map(|_| seats.take(proxy, &limits).unwrap())
            .collect();
        assert!(seats.take(proxy, &limits).is_none());
        drop(kept);
        assert_eq!(seats.0.lock().unwrap().total, 0);
    }
}
