//! Connections over TLS: the transport's certificates, HTTP/1.1 for the upgrade, and no other server.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use scoped_runtime::{Error, ScopedClients};
use serde_json::json;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use crate::support::{ALICE, Project, broadcast, private_room};

/// Ends TLS in front of the server. Returns its port, and the certificate of the authority.
async fn front(project: &Project) -> (u16, String) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &authority).unwrap();
    let private = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], private)
        .unwrap();
    // The server would choose HTTP/2 if it were offered.
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let upstream: u16 = project.url().rsplit(':').next().unwrap().parse().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
                let mut server = TcpStream::connect(("127.0.0.1", upstream)).await.unwrap();
                let _ = copy_bidirectional(&mut stream, &mut server).await;
            });
        }
    });
    (port, authority.pem())
}

#[tokio::test]
async fn a_channel_over_tls_trusts_what_the_transport_trusts() {
    let project = Project::start().await;
    let (port, authority) = front(&project).await;
    let url = format!("https://127.0.0.1:{port}");
    let config = || project.config().url(&url);
    let clients =
        ScopedClients::new(config().root_certificate(authority).build().unwrap()).unwrap();
    let alice = clients.get(ALICE).unwrap();
    let room = private_room(&alice).broadcast(true, true);
    let mut room = room.subscribe().await.unwrap();
    room.sender()
        .send("x", &json!({ "text": "y".repeat(300_000) }))
        .await
        .unwrap();
    let heard = broadcast(&mut room, "x").await;
    assert_eq!(heard["text"].as_str().unwrap().len(), 300_000);

    let clients = ScopedClients::new(config().build().unwrap()).unwrap();
    let refused = clients
        .get(ALICE)
        .unwrap()
        .realtime()
        .channel("room")
        .subscribe()
        .await;
    let Err(Error::Realtime(error)) = refused else {
        panic!("{refused:?}")
    };
    assert!(error.to_string().contains("certificate"), "{error}");
}
