//! SQL as both users over direct Postgres.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use scoped_runtime::tokio_postgres::config::Host;
use scoped_runtime::tokio_postgres::{Config, NoTls};
use scoped_runtime::{Error, PostgresPool};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::report::{Attempt, Failure, Report, expect};
use crate::stack::{Stack, variable};
use crate::tables::needs_empty_table;

/// The pool of a database: without TLS on this machine, elsewhere with the certificate authority in `DATABASE_CA`.
/// The error says why there is none.
pub(crate) fn pool(url: &str) -> Result<PostgresPool, String> {
    let config: Config = url
        .parse()
        .map_err(|_| "`DATABASE_URL` is not a connection string")?;
    let pool = if config.get_hosts().iter().all(is_here) {
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
    let group = "direct postgres";
    report
        .row(group, "the login role is safe", login(stack))
        .await;
    report
        .row(group, "SQL sees the claims of its user", claims(stack))
        .await;
    report
        .row(
            group,
            "a transaction reads and writes as its user",
            transaction(stack),
        )
        .await;
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

/// Both users write a note and count what they see; then the transaction is rolled back.
async fn transaction(stack: &Stack) -> Attempt {
    needs_database(stack)?;
    needs_empty_table(stack).await?;
    for client in [&stack.alice, &stack.bob] {
        let mut seen = 0;
        let undone: Result<(), Undo> = client
            .postgres()
            .transaction(async |tx| {
                tx.execute(
                    "insert into scoped_live_notes (body) values ('by SQL')",
                    &[],
                )
                .await?;
                let count = "select count(*) from scoped_live_notes";
                seen = tx.fetch_one::<i64>(count, &[]).await?;
                Err(Undo::Wanted)
            })
            .await;
        match undone {
            Err(Undo::Wanted) => expect(seen == 1, "a user sees other rows")?,
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
