use std::time::Duration;

use tokio_postgres::IsolationLevel;
use tokio_postgres::types::Type;

use super::parameters::Encoded;
use super::role_settings::RoleSettings;
use crate::error::PostgresError;

/// What makes a transaction the user's: how it begins, and the settings that hold until its end.
pub(super) struct Scope {
    /// The statements that begin the transaction.
    pub(super) begin: String,
    /// The names and the values of [`ENTER`].
    pub(super) settings: [Encoded; 2],
}

/// Sets everything for the transaction, in the order of the arrays.
pub(super) const ENTER: &str = "select set_config(name, value, true) \
     from unnest($1::text[], $2::text[]) as setting(name, value)";

/// Also releases the locks that an earlier statement left on the session.
pub(super) const ENTER_OWN_SESSION: &str = "select set_config(name, value, true), (select pg_advisory_unlock_all()) \
     from unnest($1::text[], $2::text[]) as setting(name, value)";

/// Removes what an earlier statement left on the session: settings, temporary tables (which hide tables of the
/// same name), cursors and the like. It belongs to the transaction, so that its failure aborts it.
const CLEAN: &str =
    "; close all; reset role; reset all; unlisten *; discard temp; discard sequences";

/// The settings in which PostgREST before version 11 kept single claims. Functions such as `auth.uid()` read
/// them first, so they must be empty.
const SINGLE_CLAIMS: [&str; 4] = [
    "request.jwt.claim",
    "request.jwt.claim.sub",
    "request.jwt.claim.role",
    "request.jwt.claim.email",
];

/// Who a transaction acts as, and how.
pub(super) struct ScopeSpec<'a> {
    pub(super) role: &'a str,
    /// A JSON object.
    pub(super) claims: &'a str,
    pub(super) role_settings: Option<&'a RoleSettings>,
    /// What is left of the call's time.
    pub(super) time_left: Duration,
    pub(super) isolation: Option<IsolationLevel>,
    pub(super) is_read_only: bool,
    /// Whether the session is shared with other clients of a pooler, and is not ours to clean.
    pub(super) is_behind_pooler: bool,
}

impl Scope {
    pub(super) fn new(spec: &ScopeSpec<'_>) -> Result<Self, PostgresError> {
        let nothing = RoleSettings::default();
        let of_role = spec.role_settings.unwrap_or(&nothing);
        let mut begin = "begin".to_owned();
        let isolation = spec.isolation.map(isolation_text).or(of_role.isolation);
        if let Some(isolation) = isolation {
            begin.push_str(" isolation level ");
            begin.push_str(isolation);
        }
        if spec.is_read_only || of_role.is_read_only {
            begin.push_str(" read only");
        }
        if !spec.is_behind_pooler {
            begin.push_str(CLEAN);
        }
        let limit = of_role
            .statement_timeout
            .map_or(spec.time_left, |limit| limit.min(spec.time_left));
        // Zero would be no limit, and the setting is a 32-bit number.
        let limit = limit
            .as_millis()
            .clamp(1, i32::MAX.unsigned_abs().into())
            .to_string();
        // The role comes last: the settings may need a right of the login role.
        let (mut names, mut values): (Vec<&str>, Vec<&str>) = of_role
            .others
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .unzip();
        names.extend(SINGLE_CLAIMS);
        values.extend(SINGLE_CLAIMS.map(|_| ""));
        names.extend(["statement_timeout", "request.jwt.claims", "role"]);
        values.extend([limit.as_str(), spec.claims, spec.role]);
        let encode = |place, texts: &Vec<&str>| Encoded::new(place, texts, &Type::TEXT_ARRAY);
        Ok(Self {
            begin,
            settings: [encode(0, &names)?, encode(1, &values)?],
        })
    }
}

fn isolation_text(level: IsolationLevel) -> &'static str {
    match level {
        IsolationLevel::ReadUncommitted => "read uncommitted",
        IsolationLevel::RepeatableRead => "repeatable read",
        IsolationLevel::Serializable => "serializable",
        _ => "read committed",
    }
}
