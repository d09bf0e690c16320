//! Who may do what, asked of the database itself: [`RlsMatrix`].

mod assertion;
mod catalog;
mod connection;
mod identity;
mod mutants;
mod outcome;
mod page;
mod people;
mod person;
mod resource;
mod result;
mod rows;
mod setup;
mod statements;
mod table;
mod trial;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use serde_json::Value;

pub use assertion::{PersonAccess, Reached};
use catalog::Catalog;
use connection::Connection;
pub use mutants::{Mutant, MutantReport, Verdict};
pub use outcome::{Cell, Operation, Outcome};
use person::Person;
pub use result::Matrix;
use trial::{Example, Plan};

use super::error::{KitError, Result};
use super::postgres::{Postgres, identifier, literal};
use crate::claims::{Role, ScopedClaims, ToUserId, UserId};
use crate::client::ScopedClients;
use crate::error::ClientError;

const STEP: &str = "matrix";
/// The most people of a matrix.
const MAX_PEOPLE: usize = 100;
/// The owner of rows that belong to none of the people.
const STRANGER: &str = "00000000-0000-4000-8000-0000000000ff";

/// Tries what people may do with every table of a [`Postgres`], when it is awaited.
///
/// A **person** is a name with the claims of a client: typed, made from the struct itself
/// ([`people_of`](Self::people_of)), or a request with the API key alone ([`anonymous`](Self::anonymous)). Each
/// **cell** is tried as that person, on the login role of the application, in a savepoint that is rolled back: every
/// row is read, copied, changed, given to another owner, and deleted. A cell that could not be tried is
/// [`untried`](Outcome::Untried), never `none`.
///
/// The rows are those of the seed. For a table without rows one is made for each person, and one that belongs to
/// none of them, from the types, foreign keys and constraints of the table; where that cannot do, give an
/// [`example`](Self::example).
///
/// ```no_run
/// # use scoped_runtime::scoped_claims;
/// # #[scoped_claims] struct Tenant { tenant_id: String }
/// # async fn test() -> Result<(), Box<dyn std::error::Error>> {
/// use scoped_runtime::testing::{Operation, Postgres, RlsMatrix};
///
/// let postgres = Postgres::with("supabase/migrations").await?;
/// let matrix = RlsMatrix::of(&postgres)
///     .person("alice", "6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11", Tenant { tenant_id: "acme".into() })
///     .person("bob", "0b6bb1c4-6f3b-4b0e-8d6c-1a2f6f0f2c11", Tenant { tenant_id: "globex".into() })
///     .anonymous("anon")
///     .await?;
///
/// println!("{matrix}");
/// matrix.person("alice").can(Operation::Select, "notes").only("tenant_id = 'acme'").await;
/// matrix.person("anon").cannot(Operation::Select, "notes");
/// matrix.assert_file("tests/rls.md"); // UPDATE=1 writes it
/// # Ok(()) }
/// ```
///
/// [The guide](crate::docs::testing_matrix) goes from nothing to a matrix in CI.
#[must_use = "nothing is tried until this is awaited"]
pub struct RlsMatrix<'a> {
    postgres: &'a Postgres,
    people: Vec<Waiting>,
    schemas: Vec<String>,
    examples: Vec<String>,
    calls: Vec<Example>,
    topics: Vec<String>,
    values: BTreeMap<String, Vec<Value>>,
}

impl<'a> RlsMatrix<'a> {
    /// A matrix of the tables, views and functions of the schema `public`, and of every storage bucket.
    pub fn of(postgres: &'a Postgres) -> Self {
        Self {
            postgres,
            people: Vec::new(),
            schemas: vec!["public".to_owned()],
            examples: Vec::new(),
            calls: Vec::new(),
            topics: Vec::new(),
            values: BTreeMap::new(),
        }
    }

    /// Adds a person: the name in the tables, the user's ID, and the claims that a client would have.
    pub fn person<C: ScopedClaims>(mut self, name: &str, user: impl ToUserId, claims: C) -> Self {
        let (name, user) = (name.to_owned(), user.to_user_id());
        self.people.push(Waiting {
            role: C::ROLE.unwrap_or(AUTHENTICATED),
            make: Box::new(move |clients| {
                Person::new(clients, &name, &checked(&name, user)?, claims)
            }),
        });
        self
    }

    /// Adds a request with the API key alone, whose role is `anon`.
    pub fn anonymous(mut self, name: &str) -> Self {
        let name = name.to_owned();
        self.people.push(Waiting {
            role: ANON,
            make: Box::new(move |clients| Person::anonymous(clients, &name)),
        });
        self
    }

    /// Adds people made from the struct: every value of `one_of`, of enums and booleans, a token without each
    /// optional claim, two values of other claims (two tenants), and for lists one of each and both (a member of
    /// both). All combinations if there are at most 24, else as many people as it takes for every pair of values to
    /// occur. Each is a user of its own.
    ///
    /// Values that the database must know, such as the IDs of tenants in the seed, are given with
    /// [`values`](Self::values) before.
    pub fn people_of<C: ScopedClaims>(mut self) -> Self {
        let made = people::of::<C>(&self.values);
        for (place, (name, claims)) in made.into_iter().enumerate() {
            let user = format!("00000000-0000-4000-8000-{:012x}", 0x1000 + place).to_user_id();
            let name = if name.is_empty() {
                "a user".to_owned()
            } else {
                name
            };
            let role = C::ROLE.unwrap_or(AUTHENTICATED);
            let make_one = move |clients: &ScopedClients| {
                Person::with_values(clients, &name, &checked(&name, user)?, role, &claims)
            };
            self.people.push(Waiting {
                role,
                make: Box::new(make_one),
            });
        }
        self
    }

    /// The values of a claim, by its path with dots, that [`people_of`](Self::people_of) uses.
    pub fn values<V: Into<Value>>(
        mut self,
        claim: &str,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.values.insert(claim.to_owned(), values);
        self
    }

    /// Adds the tables, views and functions of another schema.
    pub fn schema(mut self, name: &str) -> Self {
        self.schemas.push(name.to_owned());
        self
    }

    /// Runs SQL as a superuser before anything is tried: rows for tables whose rows cannot be made.
    pub fn example(mut self, sql: &str) -> Self {
        self.examples.push(sql.to_owned());
        self
    }

    /// Adds a call of a function, as SQL, which is tried by each person in a savepoint. Without examples the matrix
    /// says of each function only whether the role may execute it.
    pub fn call(mut self, name: &str, sql: &str) -> Self {
        self.calls.push(Example {
            name: format!("call {name}"),
            sql: sql.to_owned(),
        });
        self
    }

    /// Adds a topic of Realtime: who may receive its messages, and who may send.
    pub fn topic(mut self, topic: &str) -> Self {
        self.topics.push(topic.to_owned());
        self
    }

    async fn run(self) -> Result<Matrix<'a>> {
        let admin = Connection::open(self.postgres.admin_url()).await?;
        let roles: BTreeSet<&'static str> = self.people.iter().map(|person| person.role).collect();
        let project = person::project(self.postgres.url(), &roles_of_project(&roles)?)?;
        let people = self
            .people
            .into_iter()
            .map(|person| (person.make)(&project));
        let people = people.collect::<Result<Vec<_>>>()?;
        check_people(&people)?;
        for sql in &self.examples {
            admin.run(sql).await?;
        }
        let catalog = Catalog::read(&admin, &self.schemas, &roles).await?;
        let resources =
            setup::resources(&admin, &catalog, &self.schemas, &self.topics, &people).await?;
        let plan = Plan {
            catalog,
            resources,
            calls: self.calls,
        };
        let mut cells = Vec::new();
        for person in &people {
            cells.extend(plan.try_person(person).await?);
        }
        Ok(Matrix {
            postgres: self.postgres,
            admin,
            people,
            plan,
            cells,
        })
    }
}

impl<'a> IntoFuture for RlsMatrix<'a> {
    type Output = std::result::Result<Matrix<'a>, KitError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// Shows no claims, since they may be personal data.
impl std::fmt::Debug for RlsMatrix<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RlsMatrix")
            .field("people", &self.people.len())
            .finish_non_exhaustive()
    }
}

const AUTHENTICATED: &str = "authenticated";
const ANON: &str = "anon";

/// A person whose client is made once the pool is there.
struct Waiting {
    role: &'static str,
    make: MakePerson,
}

type MakePerson = Box<dyn FnOnce(&ScopedClients) -> Result<Person> + Send>;

fn checked(name: &str, user: std::result::Result<UserId, ClientError>) -> Result<UserId> {
    user.map_err(|error| KitError::new(STEP, format!("person `{name}`: {error}")).caused_by(error))
}

fn roles_of_project(roles: &BTreeSet<&'static str>) -> Result<Vec<Role>> {
    let own = roles.iter().filter(|role| **role != ANON);
    let roles = own.map(|role| Role::new(*role));
    let roles: std::result::Result<Vec<Role>, ClientError> = roles.collect();
    roles.map_err(|error| KitError::new(STEP, error.to_string()).caused_by(error))
}

fn check_people(people: &[Person]) -> Result<()> {
    if people.is_empty() || people.len() > MAX_PEOPLE {
        let cause = format!(
            "a matrix has 1 to {MAX_PEOPLE} people, and this one has {}",
            people.len()
        );
        return Err(
            KitError::new(STEP, cause).remedy("add them with `person`, `people_of` or `anonymous`")
        );
    }
    let mut names = BTreeSet::new();
    match people.iter().find(|person| !names.insert(person.name())) {
        Some(twice) => {
            let cause = format!("two people are called `{}`", twice.name());
            Err(KitError::new(STEP, cause).remedy("give each a name of its own"))
        }
        None => Ok(()),
    }
}
