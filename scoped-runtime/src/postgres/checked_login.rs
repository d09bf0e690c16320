use std::collections::HashMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::allowed_roles::AllowedRoles;
use super::config::FIELD;
use super::driver_error::statement_failed;
use super::lease::Lease;
use super::parameters::Encoded;
use super::role_settings::{self, RoleSettings};
use crate::claims::Role;
use crate::error::{ConfigurationError, Error, PostgresError, Problem, shown};

/// A login role that may be used, with the settings of the roles that it can become.
#[derive(Debug)]
pub(super) struct CheckedLogin {
    pub(super) settings: HashMap<String, RoleSettings>,
}

/// The login role, every role that it is a member of, and the roles that the pool allows. A role can be taken
/// with `SET` since PostgreSQL 16 and with any membership before; membership of any kind counts as risk, since
/// one with the admin option can be extended. Policies do not apply to the owner of a table, nor to the roles
/// that inherit the owner's rights.
///
/// Each row is a JSON object in one column, so that it is read in the same way with every driver. Tables are named with
/// their schema: behind a pooler, the session may have temporary ones of the same names.
pub(super) const ROLES: &str = "
    select to_json(found)::text from (
    select r.rolname::text as name,
           r.rolname = session_user as is_login,
           r.rolsuper as is_superuser,
           r.rolbypassrls as bypasses_rls,
           r.rolcreaterole as creates_roles,
           r.rolreplication as replicates,
           pg_has_role(session_user, r.oid, 'MEMBER') as is_member,
           pg_has_role(session_user, r.oid, 'USAGE') as is_inherited,
           case when current_setting('server_version_num')::int4 >= 160000
                then pg_has_role(session_user, r.oid, 'SET')
                else pg_has_role(session_user, r.oid, 'MEMBER') end as can_be_set,
           exists (select from pg_catalog.pg_class c where c.relowner = r.oid and c.relkind in ('r', 'p')
                   and c.relpersistence <> 't') as owns_tables,
           exists (select from pg_catalog.pg_class c where c.relkind in ('r', 'p')
                   and c.relrowsecurity and not c.relforcerowsecurity
                   and pg_has_role(r.oid, c.relowner, 'USAGE')) as owns_tables_with_policies
    from pg_catalog.pg_roles r
    where r.rolname = session_user or pg_has_role(session_user, r.oid, 'MEMBER') or r.rolname = any($1)
    order by r.rolname <> session_user, r.rolname
    limit 1000) found";

/// The limit of [`ROLES`]. When it is reached, a role may be missing.
const MAX_ROLES: usize = 1000;

/// Memberships by which a role runs programs or reads files of the server.
const SERVER_ROLES: [&str; 3] = [
    "pg_execute_server_program",
    "pg_read_server_files",
    "pg_write_server_files",
];

const REMEDY: &str = "connect as a role that can do nothing but become the roles of users: `create role app login \
                      noinherit password '...'; grant anon, authenticated to app` (see `docs::postgres`)";

impl CheckedLogin {
    /// Asks the server for the roles and their settings, and refuses a login role that is not safe.
    pub(super) async fn ask(lease: &Lease, allowed: &AllowedRoles) -> Result<Self, Error> {
        let names = allowed.names();
        let names = [(
            Encoded::new(0, &names, &Type::TEXT_ARRAY)?,
            Type::TEXT_ARRAY,
        )];
        let names = names.each_ref().map(|(value, ty)| (value as _, ty.clone()));
        lease.set_busy();
        let client = lease.client().ok_or(PostgresError::Abandoned)?;
        let asked = futures_util::future::join(
            client.query_typed(ROLES, &names),
            client.query_typed(role_settings::QUERY, &names),
        );
        let (roles, settings) = asked.await;
        let failed = |error| statement_failed(error, false);
        let (roles, settings) = (roles.map_err(failed)?, settings.map_err(failed)?);
        lease.set_clean();
        let texts = |rows: Vec<Row>| rows.iter().map(|row| row.try_get(0)).collect();
        let roles: Result<Vec<String>, _> = texts(roles);
        let settings: Result<Vec<String>, _> = texts(settings);
        Self::new(&roles.map_err(failed)?, &settings.map_err(failed)?, allowed)
    }

    /// Refuses a login role that is not safe. `roles` are the rows of [`ROLES`], and `settings` those of
    /// [`role_settings::QUERY`].
    pub(super) fn new(
        roles: &[String],
        settings: &[String],
        allowed: &AllowedRoles,
    ) -> Result<Self, Error> {
        let problems = problems(&read_json(roles)?, allowed);
        if !problems.is_empty() {
            return Err(ConfigurationError::new(problems).into());
        }
        let settings = role_settings::read(read_json(settings)?)?;
        Ok(Self { settings })
    }
}

/// Reads rows that are JSON each.
fn read_json<T: DeserializeOwned>(rows: &[String]) -> Result<Vec<T>, PostgresError> {
    let read = |(place, row): (usize, &String)| {
        serde_json::from_str(row).map_err(|error| PostgresError::Decode {
            row: place + 1,
            column: None,
            cause: error.to_string(),
        })
    };
    rows.iter().enumerate().map(read).collect()
}

#[derive(Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the attributes of a role")]
struct FoundRole {
    name: String,
    is_login: bool,
    is_superuser: bool,
    bypasses_rls: bool,
    creates_roles: bool,
    replicates: bool,
    is_member: bool,
    is_inherited: bool,
    can_be_set: bool,
    owns_tables: bool,
    owns_tables_with_policies: bool,
}

impl FoundRole {
    /// Why a login role must not have such rights.
    fn danger(&self) -> Option<&'static str> {
        let dangers = [
            (self.is_superuser, "is a superuser"),
            (self.bypasses_rls, "bypasses Row Level Security"),
            (
                self.creates_roles,
                "can create roles, and so make itself a member of others",
            ),
            (self.replicates, "can replicate the database with all rows"),
            (
                SERVER_ROLES.contains(&self.name.as_str()),
                "runs programs or reads files of the server",
            ),
        ];
        dangers
            .into_iter()
            .find_map(|(is_there, danger)| is_there.then_some(danger))
    }
}

/// All problems of the login role.
fn problems(found: &[FoundRole], allowed: &AllowedRoles) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut refuse = |reason: String, remedy: &str| {
        problems.push(Problem::new(FIELD, reason, remedy));
    };
    let Some(login) = found.iter().find(|role| role.is_login) else {
        refuse(
            "connects as a role that the database does not list".to_owned(),
            REMEDY,
        );
        return problems;
    };
    let login_name = shown(&login.name);
    if let Some(danger) = login.danger() {
        // A superuser is a member of every role, which says nothing more.
        refuse(
            format!("connects as `{login_name}`, which {danger}"),
            REMEDY,
        );
        return problems;
    }
    if found.len() >= MAX_ROLES {
        let reason = format!("connects as `{login_name}`, which has too many roles to check");
        refuse(reason, REMEDY);
    }
    if login.owns_tables {
        let reason = format!(
            "connects as `{login_name}`, which owns tables, whose policies do not apply to it"
        );
        refuse(reason, REMEDY);
    }
    for role in found.iter().filter(|role| role.is_member && !role.is_login) {
        let name = shown(&role.name);
        let is_privileged = !role.name.starts_with("pg_") && Role::new(role.name.clone()).is_err();
        let danger = role
            .danger()
            .or(is_privileged.then_some("is a role of Supabase itself"));
        if let Some(danger) = danger {
            let reason =
                format!("connects as `{login_name}`, which can become `{name}`, which {danger}");
            refuse(reason, REMEDY);
        } else if role.is_inherited {
            refuse(
                format!(
                    "connects as `{login_name}`, which has the rights of `{name}` without becoming it"
                ),
                "make the login role `noinherit`, and grant it the roles again: since PostgreSQL 16 each grant \
                 keeps its own option (`grant authenticated to app with inherit false`)",
            );
        }
    }
    for role in allowed.names() {
        let name = shown(role);
        match found.iter().find(|found| found.name == role) {
            None => refuse(
                format!("allows the role `{name}`, which the database does not have"),
                "create the role, or leave it out of `PostgresPool::roles`",
            ),
            Some(found) if !found.can_be_set => refuse(
                format!("connects as `{login_name}`, which cannot become `{name}`"),
                &format!("run `grant {name} to {login_name}`"),
            ),
            Some(found) if found.owns_tables_with_policies => refuse(
                format!(
                    "allows the role `{name}`, which owns tables or inherits from their owner, so that their \
                     policies do not apply to it"
                ),
                "give the tables to another role, revoke the owner's role, or \
                 `alter table .. force row level security`",
            ),
            Some(_) => {}
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::{AllowedRoles, FoundRole, MAX_ROLES, problems};

    fn role(number: usize) -> FoundRole {
        FoundRole {
            name: match number {
                1 => "authenticated".to_owned(),
                2 => "anon".to_owned(),
                _ => format!("role{number}"),
            },
            is_login: number == 0,
            is_superuser: false,
            bypasses_rls: false,
            creates_roles: false,
            replicates: false,
            is_member: true,
            is_inherited: false,
            can_be_set: true,
            owns_tables: false,
            owns_tables_with_policies: false,
        }
    }

    #[test]
    fn a_list_of_roles_that_may_be_cut_is_refused() {
        let roles = |number| (0..number).map(role).collect::<Vec<_>>();
        let allowed = AllowedRoles::default();
        assert!(problems(&roles(MAX_ROLES - 1), &allowed).is_empty());
        let found = problems(&roles(MAX_ROLES), &allowed);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].to_string().contains("too many roles"),
            "{}",
            found[0]
        );
    }
}
