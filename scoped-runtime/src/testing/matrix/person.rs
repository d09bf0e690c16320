//! Who asks: a client of the application, over direct Postgres.

use std::collections::BTreeMap;
use std::fmt;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use tokio_postgres::NoTls;

use super::STEP;
use crate::claims::{Role, ScopedClaims, UserId};
use crate::client::{ScopedClient, ScopedClients};
use crate::config::Config;
use crate::error::Error;
use crate::postgres::{PostgresPool, PostgresTransaction, ScopedPostgres};
use crate::testing::error::{KitError, Result};
use crate::testing::machine::random_hex;

/// A person of a matrix: a name, and a client.
pub(super) struct Person {
    name: String,
    role: String,
    user_id: Option<String>,
    claims: Map<String, Value>,
    postgres: Box<dyn Begin>,
}

/// A client whatever its claims are.
trait Begin: Send + Sync {
    fn begin(&self) -> BoxFuture<'_, std::result::Result<PostgresTransaction, Error>>;
}

impl<C: Send + Sync> Begin for ScopedPostgres<C> {
    fn begin(&self) -> BoxFuture<'_, std::result::Result<PostgresTransaction, Error>> {
        ScopedPostgres::begin(self).boxed()
    }
}

impl Person {
    /// A person with the claims of a client. They are checked as a client checks them.
    pub(super) fn new<C: ScopedClaims>(
        clients: &ScopedClients,
        name: &str,
        user: &UserId,
        claims: C,
    ) -> Result<Self> {
        Self::of(name, clients.user(user).claims(claims).client())
    }

    /// A person whose claims are known only at run time: top-level names and their values.
    pub(super) fn with_values(
        clients: &ScopedClients,
        name: &str,
        user: &UserId,
        role: &str,
        claims: &Map<String, Value>,
    ) -> Result<Self> {
        let mut builder = clients.user(user).role(role);
        for (claim, value) in claims {
            builder = builder.claim(claim, value);
        }
        Self::of(name, builder.client())
    }

    fn of<C: ScopedClaims>(
        name: &str,
        client: std::result::Result<ScopedClient<C>, Error>,
    ) -> Result<Self> {
        let client = client.map_err(|error| {
            KitError::new(STEP, format!("person `{name}`: {error}")).caused_by(error)
        })?;
        Ok(Self {
            name: name.to_owned(),
            role: client.role().as_str().to_owned(),
            user_id: Some(client.user_id().as_str().to_owned()),
            claims: client.identity().claims(),
            postgres: Box::new(client.postgres()),
        })
    }

    /// A request with the API key alone.
    pub(super) fn anonymous(clients: &ScopedClients, name: &str) -> Result<Self> {
        let client = clients.anonymous();
        let client = client.map_err(|error| {
            KitError::new(STEP, format!("person `{name}`: {error}")).caused_by(error)
        })?;
        Ok(Self {
            name: name.to_owned(),
            role: "anon".to_owned(),
            user_id: None,
            claims: Map::new(),
            postgres: Box::new(client.postgres()),
        })
    }

    /// Begins a transaction as this person, as the application does.
    pub(super) async fn begin(&self) -> std::result::Result<PostgresTransaction, Error> {
        self.postgres.begin().await
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn role(&self) -> &str {
        &self.role
    }

    /// The user's ID; a request with the API key alone has none.
    pub(super) fn user_id(&self) -> Option<&str> {
        self.user_id.as_deref()
    }

    /// The project's own claims by the last name of their path: texts and numbers, and the first item of lists.
    pub(super) fn values(&self) -> BTreeMap<String, String> {
        let mut values = BTreeMap::new();
        let mut waiting: Vec<(&String, &Value)> = self.claims.iter().collect();
        while let Some((name, value)) = waiting.pop() {
            let value = match value {
                Value::Array(items) => items.first().unwrap_or(&Value::Null),
                value => value,
            };
            match value {
                Value::String(text) => drop(values.insert(name.clone(), text.clone())),
                Value::Number(number) => drop(values.insert(name.clone(), number.to_string())),
                Value::Object(inner) => waiting.extend(inner),
                _ => {}
            }
        }
        values
    }
}

/// Shows no claims, since they may be personal data.
impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person")
            .field("name", &self.name)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// The time that all cells of one person may take.
const LIMIT: std::time::Duration = std::time::Duration::from_secs(5 * 60);

/// A project that reaches nothing but this database.
pub(super) fn project(url: &str, roles: &[Role]) -> Result<ScopedClients> {
    let clients = || -> std::result::Result<ScopedClients, Error> {
        let config = Config::builder()
            .environment(|_| None)
            .url("http://127.0.0.1:54321")
            .api_key("sb_publishable_abcdefghijklmnopqrstuv_abcdefgh")
            .jwt_secret(random_hex::<32>(STEP).unwrap_or_default())
            .build()?;
        let pool = PostgresPool::new(url, NoTls)?
            .roles(roles.iter().cloned())
            .timeout(LIMIT);
        Ok(ScopedClients::new(config)?.with_postgres(pool)?)
    };
    clients().map_err(|error| KitError::new(STEP, format!("no project: {error}")).caused_by(error))
}
