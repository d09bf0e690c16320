//! SQL as both users over direct Postgres.

use std::net::IpAddr;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use scoped_runtime::tokio_postgres::config::Host;
use scoped_runtime::tokio_postgres::{Config, NoTls};
use scoped_runtime::{Error, PostgresPool};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::report::{Attempt, Failure, Report, expect, try_each};
use crate::stack::{Stack, variable};
use crate::tables::{needs_empty_table, note};

/// The pool of a database: without TLS on this machine, elsewhere with the certificate authority in `DATABASE_CA`.
/// The error says why there is none.
pub(crate) fn pool(url: &str) -> Result<PostgresPool, String> {
    let config: Config = url
        .parse()
        .map_err(|_| "`DATABASE_URL` is not a connection string")?;
    let is_local = config.get_hosts().iter().all(is_here)
        && config.get_hostaddrs().iter().all(IpAddr::is_loopback);
    let pool = if is_local {
        PostgresPool::new(config, NoTls)
    } else {
        let file = variable("DATABASE_CA").ok_or("`DATABASE_CA` is not set")?;
        let tls = trusting(&file).map_err(|error| format!("`DATABASE_CA`: {error}"))?;
        PostgresPool::new(config, MakeRustlsConnect::new(tls))
    };
    Ok(pool.map_err(|error| error.to_string())?.max_size(2))
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => ["localhost", "127.0.0.1", "::1"].contains(&&**name),
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn trusting(file: &str) -> crate::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file)? {
        roots.add(certificate?)?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

pub(crate) async fn try_all(stack: &Stack, report: &mut Report) {
    try_each!(report, stack, "direct postgres", {
        "the login role is safe" => login,
        "SQL sees the claims of its user" => claims,
        "a transaction reads and writes as its user" => transaction,
    });
}

fn needs_database(stack: &Stack) -> Attempt {
    match &stack.without_database {
        None => Ok(()),
        Some(why) => Err(Failure::Skipped(why.clone())),
    }
}

async fn login(stack: &Stack) -> Attempt {
    needs_database(stack)?;
    stack.clients.check_postgres().await?;
    Ok(())
}

async fn claims(stack: &Stack) -> Attempt {
    needs_database(stack)?;
    let sql = "select current_setting('request.jwt.claims')::jsonb ->> 'sub', current_user::text";
    for client in [&stack.alice, &stack.bob] {
        let row = client.postgres().query_one(sql, &[]).await?;
        let (user, role): (String, String) = (row.get(0), row.get(1));
        let is_right = user == client.user_id().as_str() && role == "authenticated";
        expect(is_right, "the database sees another user")?;
    }
    Ok(())
}

/// Both users have a note, write a second one, and see these two alone; then the transaction is rolled back.
async fn transaction(stack: &Stack) -> Attempt {
    needs_database(stack)?;
    needs_empty_table(stack).await?;
    for client in [&stack.alice, &stack.bob] {
        note(client, "by HTTP").await?;
    }
    for client in [&stack.alice, &stack.bob] {
        let mut owners = Vec::new();
        let undone: Result<(), Undo> = client
            .postgres()
            .transaction(async |tx| {
                tx.execute(
                    "insert into scoped_live_notes (body) values ('by SQL')",
                    &[],
                )
                .await?;
                let seen = "select owner from scoped_live_notes";
                owners = tx.fetch::<String>(seen, &[]).await?;
                Err(Undo::Wanted)
            })
            .await;
        match undone {
            Err(Undo::Wanted) => {
                let own = client.user_id().as_str();
                expect(owners == [own, own], "a user sees other rows")?;
            }
            Err(Undo::Failed(error)) => return Err(error.into()),
            Ok(()) => expect(false, "the transaction was committed")?,
        }
    }
    Ok(())
}

/// Why a transaction was rolled back.
enum Undo {
    Wanted,
    Failed(Error),
}

impl From<Error> for Undo {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

#[cfg(test)]
mod tests {
    use super::pool;

    #[test]
    fn a_database_on_another_machine_needs_its_certificate_authority() {
        let elsewhere = [
            "host=db.example.com user=app",
            "hostaddr=192.0.2.1 user=app",
            "host=localhost hostaddr=192.0.2.1 user=app",
            "host=localhost,db.example.com user=app",
        ];
        for url in elsewhere {
            let refused = pool(url).err();
            assert_eq!(
                refused.as_deref(),
                Some("`DATABASE_CA` is not set"),
                "{url}"
            );
        }
        for url in ["host=localhost user=app", "hostaddr=127.0.0.1 user=app"] {
            assert!(pool(url).is_ok(), "{url}");
        }
    }
}
