//! `#[impersonate]`: whom a function acts as, with what, and when its body does not run.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use scoped_runtime::{
    AuditSink, ClientError, Error, MintRecord, ScopedClient, ScopedClients, TokenError, blocking,
    impersonate, scoped_claims,
};
use serde_json::{Value, json};

use crate::support::{ALICE, BOB, bearer, config, offline, project, verified};

#[scoped_claims]
struct Tenant {
    tenant_id: String,
}

fn claims<C: scoped_runtime::ScopedClaims>(client: &ScopedClient<C>) -> Value {
    verified(client.token().unwrap().expose_secret()).into()
}

/// A sink that keeps the reasons.
#[derive(Debug, Clone, Default)]
struct Reasons(Arc<Mutex<Vec<Option<String>>>>);

impl AuditSink for Reasons {
    fn record(
        &self,
        record: &MintRecord<'_>,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.0
            .lock()
            .unwrap()
            .push(record.reason.map(str::to_owned));
        Ok(())
    }
}

#[impersonate(
    user = user,
    role = "reporting",
    expires_in = "10m",
    refresh_before = "4m",
    actor = format!("agent-{agent}"),
    reason = reason,
    claims = Tenant { tenant_id: tenant },
    via = clients,
)]
async fn everything(
    clients: &ScopedClients,
    (user, agent): (&str, u32),
    tenant: String,
    reason: &str,
    #[scoped] db: ScopedClient<Tenant>,
) -> Result<(ScopedClient<Tenant>, usize), Error> {
    Ok((db, reason.len()))
}

#[tokio::test]
async fn every_argument_reaches_the_token_or_the_audit() {
    let reasons = Reasons::default();
    let clock = scoped_tests::ManualClock::at(crate::support::START);
    let config = config("https://project.test")
        .clock(clock.clone())
        .audit(reasons.clone());
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let made = everything(&clients, (ALICE, 7), "acme".to_owned(), "ticket 4711");
    let (db, _) = made.await.unwrap();
    let first = claims(&db);
    assert_eq!(first["sub"], ALICE);
    assert_eq!(first["role"], "reporting");
    assert_eq!(first["tenant_id"], "acme");
    assert_eq!(first["act"], json!({"sub": "agent-7"}));
    let life = first["exp"].as_u64().unwrap() - first["iat"].as_u64().unwrap();
    assert_eq!(life, 605, "ten minutes, and five seconds back");
    assert_eq!(*reasons.0.lock().unwrap(), [Some("ticket 4711".to_owned())]);

    clock.pass(Duration::from_secs(359));
    assert_eq!(claims(&db)["jti"], first["jti"]);
    clock.pass(Duration::from_secs(1));
    assert_ne!(
        claims(&db)["jti"],
        first["jti"],
        "four minutes before its end"
    );
}

#[impersonate(user = ALICE, auto_refresh = renews, via = clients)]
async fn renewed(
    clients: &ScopedClients,
    renews: bool,
    #[scoped] db: ScopedClient,
) -> Result<ScopedClient, Error> {
    Ok(db)
}

#[tokio::test]
async fn the_auto_refresh_argument_decides_whether_the_client_is_renewed() {
    let (clients, clock) = offline();
    let (yes, no) = (renewed(&clients, true), renewed(&clients, false));
    let (yes, no) = (yes.await.unwrap(), no.await.unwrap());
    clock.pass(Duration::from_hours(1));
    yes.token().unwrap();
    let error = no.token().unwrap_err();
    assert!(
        matches!(error, Error::Token(TokenError::Expired)),
        "{error}"
    );
}

#[impersonate(via = clients, role = "reporting")]
async fn transfer(
    clients: &ScopedClients,
    from: &str,
    to: &str,
    #[scoped(user = from)] a: ScopedClient,
    #[scoped(user = to, role = "authenticated")] b: ScopedClient,
) -> Result<(), Error> {
    a.from("from").execute().await?;
    b.from("to").execute().await.map(drop)
}

#[tokio::test]
async fn two_clients_in_one_function_each_send_their_own_token() {
    let (server, clients, _) = project().await;
    transfer(&clients, ALICE, BOB).await.unwrap();
    transfer(&clients, BOB, ALICE).await.unwrap();
    let sent = server.requests().into_iter().map(|request| {
        let claims = verified(bearer(&request));
        let text = |name: &str| claims[name].as_str().unwrap().to_owned();
        (request.path().to_owned(), text("sub"), text("role"))
    });
    let row = |path: &str, user: &str, role: &str| {
        (format!("/rest/v1/{path}"), user.to_owned(), role.to_owned())
    };
    assert_eq!(
        sent.collect::<Vec<_>>(),
        [
            row("from", ALICE, "reporting"),
            row("to", BOB, "authenticated"),
            row("from", BOB, "reporting"),
            row("to", ALICE, "authenticated"),
        ]
    );
}

/// A value that keeps the calls of its methods.
struct Worker {
    user: String,
    clients: ScopedClients,
}

#[async_trait]
trait Work {
    async fn by_reference(&self, name: &str) -> Result<String, Error>;
    async fn by_value(self, name: (&str, u32)) -> Result<String, Error>;
    async fn shared(self: Arc<Self>) -> Result<String, Error>;
}

#[async_trait]
impl Work for Worker {
    #[impersonate(user = self.user, via = self.clients)]
    async fn by_reference(&self, name: &str, #[scoped] db: ScopedClient) -> Result<String, Error> {
        Ok(format!("{name} {}", db.user_id()))
    }

    #[impersonate(user = self.user, role = name, via = self.clients)]
    async fn by_value(
        self,
        (name, times): (&str, u32),
        #[scoped] mut db: ScopedClient,
    ) -> Result<String, Error> {
        db = db.schema("api2");
        Ok(format!(
            "{} {times} {} {}",
            db.role(),
            db.user_id(),
            self.user
        ))
    }

    #[impersonate(user = self.user, via = self.clients)]
    async fn shared(self: Arc<Self>, #[scoped] db: ScopedClient) -> Result<String, Error> {
        Ok(db.user_id().to_string())
    }
}

#[tokio::test]
async fn methods_of_an_async_trait_act_as_the_user_in_self() {
    let (clients, _) = offline();
    let worker = |user: &str| Worker {
        user: user.to_owned(),
        clients: clients.clone(),
    };
    let said = worker(ALICE).by_reference("x").await.unwrap();
    assert_eq!(said, format!("x {ALICE}"));
    let said = worker(BOB).by_value(("reporting", 2)).await.unwrap();
    assert_eq!(said, format!("reporting 2 {BOB} {BOB}"));
    assert_eq!(Arc::new(worker(ALICE)).shared().await.unwrap(), ALICE);

    let error = worker("").by_reference("x").await.unwrap_err();
    let user = matches!(error, Error::Client(ClientError::InvalidUserId { .. }));
    assert!(user, "{error}");
}

#[impersonate(user = user, via = clients)]
fn in_a_thread(
    clients: &blocking::ScopedClients,
    user: &str,
    ran: &mut bool,
    #[scoped] db: blocking::ScopedClient,
) -> Result<String, Error> {
    *ran = true;
    Ok(db.user_id().to_string())
}

#[impersonate(user = user, via = clients)]
fn in_a_future<'a>(
    clients: &'a ScopedClients,
    user: &'a str,
    ran: &'a mut bool,
    #[scoped] db: ScopedClient,
) -> Pin<Box<dyn Future<Output = Result<String, Error>> + 'a>> {
    Box::pin(async move {
        *ran = true;
        Ok(db.user_id().to_string())
    })
}

#[impersonate(user = user, via = clients)]
async fn in_a_task(
    clients: &ScopedClients,
    user: &str,
    ran: &mut bool,
    #[scoped] db: ScopedClient,
) -> Result<String, Error> {
    *ran = true;
    Ok(db.user_id().to_string())
}

#[tokio::test]
async fn a_body_runs_only_if_the_client_of_its_user_can_be_made() {
    let (clients, _) = offline();
    let threads = blocking::ScopedClients::from(clients.clone());
    let mut ran = false;
    for (user, runs) in [("", false), ("somebody", false), (ALICE, true)] {
        let outcomes = [
            (
                in_a_thread(&threads, user, &mut ran),
                std::mem::take(&mut ran),
            ),
            (
                in_a_future(&clients, user, &mut ran).await,
                std::mem::take(&mut ran),
            ),
            (
                in_a_task(&clients, user, &mut ran).await,
                std::mem::take(&mut ran),
            ),
        ];
        for (outcome, ran) in outcomes {
            assert_eq!((outcome.ok().as_deref(), ran), (runs.then_some(user), runs));
        }
    }
}

#[impersonate(user = ALICE, via = clients)]
fn in_a_thread_of_async_code(
    clients: &ScopedClients,
    #[scoped] db: blocking::ScopedClient,
) -> Result<blocking::ScopedClient, Error> {
    Ok(db)
}

#[impersonate(user = ALICE, via = clients)]
async fn in_a_task_of_blocking_code(
    clients: &blocking::ScopedClients,
    #[scoped] db: ScopedClient,
) -> Result<ScopedClient, Error> {
    Ok(db)
}

#[tokio::test]
async fn via_takes_async_clients_in_fn_and_blocking_clients_in_async_fn() {
    let (clients, _) = offline();
    let threads = blocking::ScopedClients::from(clients.clone());
    let in_a_thread = in_a_thread_of_async_code(&clients).unwrap();
    let in_a_task = in_a_task_of_blocking_code(&threads).await.unwrap();
    assert_eq!(
        in_a_thread.token().unwrap().expose_secret(),
        in_a_task.token().unwrap().expose_secret(),
        "both share the session of the project",
    );
    clients.close_user(ALICE).unwrap();
    assert!(in_a_thread.token().is_err() && in_a_task.token().is_err());
}
