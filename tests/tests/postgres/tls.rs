//! TLS, also for cancellations.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use scoped_runtime::tokio_postgres::Config as PostgresConfig;
use scoped_runtime::{Error, PostgresError, PostgresPool, ScopedClients};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_rustls::TlsAcceptor;

use crate::support::{ALICE, World, project, until};

/// Speaks TLS in front of a server, as a hosted database does.
struct TlsServer {
    address: SocketAddr,
    client: ClientConfig,
    /// How many cancellations came over TLS.
    cancels: Arc<AtomicU32>,
}

/// The codes of the requests that a client may begin a connection with.
const SSL_REQUEST: [u8; 4] = 80_877_103_u32.to_be_bytes();
const CANCEL_REQUEST: [u8; 4] = 80_877_102_u32.to_be_bytes();

impl TlsServer {
    /// `speaks_tls = false`: it says that it has no TLS.
    async fn before(server: &PostgresConfig, speaks_tls: bool) -> Self {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let certificate = key.cert.der().clone();
        let private =
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], private)
            .unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(certificate).unwrap();
        let client = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let this = Self {
            address: listener.local_addr().unwrap(),
            client,
            cancels: Arc::default(),
        };
        let (acceptor, cancels) = (
            TlsAcceptor::from(Arc::new(config)),
            Arc::clone(&this.cancels),
        );
        let port = server.get_ports()[0];
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let (acceptor, cancels) = (acceptor.clone(), Arc::clone(&cancels));
                tokio::spawn(async move {
                    let mut request = [0; 8];
                    socket.read_exact(&mut request).await?;
                    if request[4..] != SSL_REQUEST || !speaks_tls {
                        return socket.write_all(b"N").await;
                    }
                    socket.write_all(b"S").await?;
                    let mut tls = acceptor.accept(socket).await?;
                    let mut first = [0; 8];
                    tls.read_exact(&mut first).await?;
                    if first[4..] == CANCEL_REQUEST {
                        cancels.fetch_add(1, Ordering::Relaxed);
                    }
                    let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
                    server.write_all(&first).await?;
                    copy_bidirectional(&mut tls, &mut server).await.map(drop)
                });
            }
        });
        this
    }

    fn address_of(&self, server: &PostgresConfig) -> PostgresConfig {
        let mut address = PostgresConfig::new();
        address
            .host("localhost")
            .hostaddr(self.address.ip())
            .port(self.address.port());
        address
            .user(server.get_user().unwrap())
            .dbname(server.get_dbname().unwrap());
        address.password(server.get_password().unwrap());
        address
    }

    fn project(&self, server: &PostgresConfig) -> ScopedClients {
        let tls = MakeRustlsConnect::new(self.client.clone());
        let pool = PostgresPool::new(self.address_of(server), tls)
            .unwrap()
            .max_size(1);
        let clients = ScopedClients::new(project().build().unwrap()).unwrap();
        clients.with_postgres(pool).unwrap()
    }
}

#[tokio::test]
async fn statements_and_cancellations_go_over_the_same_tls() {
    let world = World::new().await;
    let server = TlsServer::before(&world.address(), true).await;
    let clients = server.project(&world.address());
    let alice = clients.get(ALICE).unwrap().postgres();
    assert_eq!(
        alice.query("select from notes", &[]).await.unwrap().len(),
        2
    );
    let sleeping = alice.query("select pg_sleep(60)", &[]);
    assert!(
        tokio::time::timeout(Duration::from_millis(200), sleeping)
            .await
            .is_err()
    );
    until("a cancellation over TLS", async || {
        server.cancels.load(Ordering::Relaxed) == 1
    })
    .await;
    let busy = "select count(*) from pg_stat_activity where datname = current_database()
                and state = 'active' and pid <> pg_backend_pid()";
    until("the sleep is cancelled", async || {
        world.value(busy).await == serde_json::json!(0)
    })
    .await;
    assert_eq!(
        alice.query("select from notes", &[]).await.unwrap().len(),
        2
    );
}

#[tokio::test]
async fn a_server_without_tls_gets_no_password() {
    let world = World::new().await;
    let server = TlsServer::before(&world.address(), false).await;
    let clients = server.project(&world.address());
    let error = clients.check_postgres().await.unwrap_err();
    assert!(
        matches!(error, Error::Postgres(PostgresError::Connection { .. })),
        "{error}"
    );
}
