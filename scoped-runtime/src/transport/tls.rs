use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs as aws_lc};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ConfigBuilder, WantsVerifier};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use rustls_platform_verifier::Verifier;
use secrecy::ExposeSecret;
#[cfg(feature = "realtime")]
use tokio_rustls::TlsConnector;

use crate::config::{Connections, Pem};
use crate::error::{ConfigurationError, Problem};

/// The TLS configuration: TLS 1.2 and 1.3 with aws-lc, trusting the platform's certificates and the configured
/// ones.
///
/// Features of `rustls`, which another crate of the program may enable, change its defaults. So everything that
/// they can change is set explicitly: the provider, the key exchange groups, the versions, the compression of
/// certificates.
pub(super) fn client_config(connections: &Connections) -> Result<ClientConfig, ConfigurationError> {
    let provider = Arc::new(provider());
    let mut roots = Vec::new();
    for pem in &connections.root_certificates {
        roots.extend(certificates("root_certificate", pem)?);
    }
    let verifier =
        Verifier::new_with_extra_roots(roots, Arc::clone(&provider)).map_err(|error| {
            Problem::new(
                "root_certificate",
                format!("the TLS client could not be built ({error})"),
                "install the system's CA certificates, or set `.root_certificate(..)`",
            )
        })?;
    let versions: ConfigBuilder<ClientConfig, WantsVerifier> =
        ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(|error| {
                Problem::new(
                    "root_certificate",
                    format!("the TLS client could not be built ({error})"),
                    "report this as a bug",
                )
            })?;
    let trusting = versions
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match &connections.client_certificate {
        None => trusting.with_no_client_auth(),
        Some((chain, key)) => {
            let chain = certificates("client_certificate", chain)?;
            let key =
                PrivateKeyDer::from_pem_slice(key.expose_secret().as_bytes()).map_err(|_| {
                    Problem::new(
                        "client_certificate",
                        "has a key that is not a PEM private key",
                        "pass the text from `-----BEGIN PRIVATE KEY-----` on",
                    )
                })?;
            trusting.with_client_auth_cert(chain, key).map_err(|_| {
                Problem::new(
                    "client_certificate",
                    "has a key that does not match the certificate, or of an unsupported type",
                    "pass the key that the certificate was made for (RSA, P-256, P-384 or Ed25519)",
                )
            })?
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.cert_decompressors = Vec::new();
    config.cert_compressors = Vec::new();
    Ok(config)
}

/// The same configuration for connections that cannot be HTTP/2.
#[cfg(feature = "realtime")]
pub(super) fn http1_only(config: &ClientConfig) -> TlsConnector {
    let mut config = config.clone();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    TlsConnector::from(Arc::new(config))
}

fn provider() -> CryptoProvider {
    CryptoProvider {
        kx_groups: vec![
            aws_lc::kx_group::X25519,
            aws_lc::kx_group::X25519MLKEM768,
            aws_lc::kx_group::SECP256R1,
            aws_lc::kx_group::SECP384R1,
        ],
        cipher_suites: aws_lc::DEFAULT_CIPHER_SUITES.to_vec(),
        ..aws_lc::default_provider()
    }
}

fn certificates(
    field: &'static str,
    Pem(pem): &Pem,
) -> Result<Vec<CertificateDer<'static>>, Problem> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    certificates
        .ok()
        .filter(|certificates| !certificates.is_empty())
        .ok_or_else(|| {
            Problem::new(
                field,
                "is not a PEM certificate",
                "pass the text from `-----BEGIN CERTIFICATE-----` on",
            )
        })
}
