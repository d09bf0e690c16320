use std::fmt::Write as _;
use std::time::Duration;

use tokio_postgres::IsolationLevel;
use tokio_postgres::types::Type;

use super::parameters::Encoded;
use super::role_settings::RoleSettings;
use crate::error::PostgresError;

/// What makes a transaction the user's, for this driver: how it begins, and the settings that hold until its end.
pub(super) struct Scope {
    /// What begins the transaction. The next statements are sent before it is answered and must not run outside of it,
    /// so its modes are set by a statement of their own: one that the server refuses aborts the transaction that has
    /// begun, where `begin` with a refused mode begins none (`serializable` on a hot standby).
    pub(super) begin: String,
    /// The statement that sets everything for the transaction.
    pub(super) enter: String,
    /// Its parameters: each name, and the value after it.
    pub(super) settings: Vec<Encoded>,
}

/// What makes a transaction the user's, for any driver.
#[derive(Clone)]
pub(super) struct ScopeText {
    /// Isolation level and read-only as SQL, or nothing.
    modes: String,
    /// The first parameter of [`ENTER`].
    pub(super) names: Vec<String>,
    /// The second parameter of [`ENTER`].
    pub(super) values: Vec<String>,
}

/// Sets everything for the transaction, in the order of the arrays.
pub(super) const ENTER: &str = "select set_config(name, value, true) \
     from unnest($1::text[], $2::text[]) as setting(name, value)";

/// Does what [`ENTER`] does, with two parameters for each setting: PostgreSQL needs less time for it than for the rows of
/// a function. The values are not returned. In a session of ours it also releases the locks that an earlier statement
/// left.
fn enter(settings: usize, is_own_session: bool) -> String {
    let mut sql = String::with_capacity(64 + 40 * settings);
    sql.push_str(if is_own_session {
        "select pg_advisory_unlock_all()"
    } else {
        "select"
    });
    for place in 0..settings {
        let comma = if place > 0 || is_own_session { "," } else { "" };
        let (name, value) = (2 * place + 1, 2 * place + 2);
        let _ = write!(sql, "{comma} set_config(${name}, ${value}, true) is null");
    }
    sql
}

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
}

impl Scope {
    /// `is_own_session`: no other client of a pooler uses the session.
    pub(super) fn new(spec: &ScopeSpec<'_>, is_own_session: bool) -> Result<Self, PostgresError> {
        let ScopeText {
            modes,
            names,
            values,
        } = ScopeText::new(spec);
        let begin = match modes.as_str() {
            "" => "begin".to_owned(),
            modes => format!("begin; set transaction{modes}"),
        };
        let pairs = names.iter().zip(&values);
        let texts = pairs.flat_map(|(name, value)| [name, value]).enumerate();
        let settings = texts.map(|(place, text)| Encoded::new(place, text, &Type::TEXT));
        Ok(Self {
            begin,
            enter: enter(names.len(), is_own_session),
            settings: settings.collect::<Result<_, _>>()?,
        })
    }
}

impl ScopeText {
    pub(super) fn new(spec: &ScopeSpec<'_>) -> Self {
        let nothing = RoleSettings::default();
        let of_role = spec.role_settings.unwrap_or(&nothing);
        let mut modes = String::new();
        let isolation = spec.isolation.map(isolation_text).or(of_role.isolation);
        if let Some(isolation) = isolation {
            modes.push_str(" isolation level ");
            modes.push_str(isolation);
        }
        if spec.is_read_only || of_role.is_read_only {
            modes.push_str(" read only");
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
        let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
        Self {
            modes,
            names: owned(names),
            values: owned(values),
        }
    }

    /// The statement that begins the transaction, for a driver that waits for its answer before it sends the next.
    pub(super) fn begin(&self) -> String {
        format!("begin{}", self.modes)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_that_the_server_refuses_does_not_keep_the_transaction_from_beginning() {
        let begin = |isolation, is_read_only| {
            let spec = ScopeSpec {
                role: "authenticated",
                claims: "{}",
                role_settings: None,
                time_left: Duration::from_secs(1),
                isolation,
                is_read_only,
            };
            Scope::new(&spec, true).unwrap().begin
        };
        assert_eq!(begin(None, false), "begin");
        assert_eq!(
            begin(Some(IsolationLevel::Serializable), true),
            "begin; set transaction isolation level serializable read only"
        );
    }
}
