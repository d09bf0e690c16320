//! The settings of roles (`alter role .. set ..`), which `set role` does not apply.

use std::collections::HashMap;
use std::time::Duration;

use super::config::FIELD;
use crate::error::{Error, Problem, shown};

/// The settings of one role, as a transaction applies them. `PostgREST` copies the same ones; see
/// <https://docs.postgrest.org/en/stable/references/transactions.html#impersonated-role-settings>.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RoleSettings {
    /// Names and values, except those below.
    pub(super) others: Vec<(String, String)>,
    /// `statement_timeout`; `None` if there is none, or if it is 0.
    pub(super) statement_timeout: Option<Duration>,
    /// `default_transaction_isolation`.
    pub(super) isolation: Option<&'static str>,
    /// `default_transaction_read_only`.
    pub(super) is_read_only: bool,
}

/// The settings of the roles `$1` that the login role may set. A setting for this database takes precedence over one for
/// all databases. Each row is a JSON list of role, name and value.
pub(super) const QUERY: &str = "
    select distinct on (r.rolname, p.name)
           json_build_array(r.rolname, p.name, substr(e.entry, strpos(e.entry, '=') + 1))::text
    from pg_catalog.pg_db_role_setting d
    join pg_catalog.pg_roles r on r.oid = d.setrole
    cross join lateral unnest(d.setconfig) as e(entry)
    join pg_catalog.pg_settings p on lower(p.name) = lower(split_part(e.entry, '=', 1))
    where r.rolname = any($1)
      and (d.setdatabase = 0
           or d.setdatabase = (select b.oid from pg_catalog.pg_database b where b.datname = current_database()))
      and (p.context = 'user' or has_parameter_privilege(session_user, p.name, 'SET'))
      and p.name not in ('role', 'session_authorization')
    order by r.rolname, p.name, d.setdatabase desc
    limit 1000";

/// The limit of [`QUERY`]. When it is reached, a setting may be missing.
const MAX_ROWS: usize = 1000;
/// The most settings of one role.
const MAX_SETTINGS: usize = 100;

const REMEDY: &str = "reset those that no statement needs (`alter role .. reset ..`)";

/// Reads the rows of [`QUERY`].
pub(super) fn read(
    rows: impl IntoIterator<Item = [String; 3]>,
) -> Result<HashMap<String, RoleSettings>, Error> {
    let mut roles: HashMap<String, RoleSettings> = HashMap::new();
    for (place, [role, name, value]) in rows.into_iter().enumerate() {
        if place + 1 >= MAX_ROWS {
            let reason = "allows roles that have 1000 settings or more together";
            return Err(Error::Configuration(
                Problem::new(FIELD, reason, REMEDY).into(),
            ));
        }
        let settings = roles.entry(role.clone()).or_default();
        match name.as_str() {
            "statement_timeout" => settings.statement_timeout = milliseconds(&value),
            "default_transaction_isolation" => settings.isolation = isolation(&value),
            "default_transaction_read_only" => settings.is_read_only = is_on(&value),
            _ => settings.others.push((name, value)),
        }
        if settings.others.len() > MAX_SETTINGS {
            let reason = format!(
                "allows the role `{}`, which has more than 100 settings",
                shown(&role)
            );
            return Err(Error::Configuration(
                Problem::new(FIELD, reason, REMEDY).into(),
            ));
        }
    }
    Ok(roles)
}

fn isolation(value: &str) -> Option<&'static str> {
    [
        "read uncommitted",
        "read committed",
        "repeatable read",
        "serializable",
    ]
    .into_iter()
    .find(|level| value.eq_ignore_ascii_case(level))
}

/// A boolean as PostgreSQL reads it: a unique beginning of `on`, `true`, `yes` or `1`.
fn is_on(value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    let is_word = |word: &str| !value.is_empty() && word.starts_with(&value);
    value == "1" || value == "on" || is_word("true") || is_word("yes")
}

/// A duration as PostgreSQL writes it: a number with an optional unit, milliseconds without one.
fn milliseconds(value: &str) -> Option<Duration> {
    let value = value.trim();
    let end = value
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(value.len());
    let (number, unit) = value.split_at(end);
    let factor = match unit.trim() {
        "us" => 0.001,
        "" | "ms" => 1.0,
        "s" => 1_000.0,
        "min" => 60_000.0,
        "h" => 3_600_000.0,
        "d" => 86_400_000.0,
        _ => return None,
    };
    let seconds = number.parse::<f64>().ok()? * factor / 1000.0;
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|time| !time.is_zero())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{MAX_ROWS, is_on, milliseconds, read};

    #[test]
    fn a_list_of_settings_that_may_be_cut_is_refused() {
        let rows = |number| {
            (0..number).map(|role: usize| {
                [
                    format!("role{role}"),
                    "statement_timeout".to_owned(),
                    "3s".to_owned(),
                ]
            })
        };
        assert_eq!(read(rows(MAX_ROWS - 1)).unwrap().len(), MAX_ROWS - 1);
        let error = read(rows(MAX_ROWS)).unwrap_err().to_string();
        assert!(error.contains("1000 settings or more"), "{error}");
    }

    #[test]
    fn durations_are_read_as_postgresql_writes_them() {
        for (text, expected) in [
            ("3s", Some(3000)),
            ("8000", Some(8000)),
            ("1.5s", Some(1500)),
            ("2min", Some(120_000)),
            ("250 ms", Some(250)),
            ("1d", Some(86_400_000)),
            ("0", None),
            ("soon", None),
        ] {
            assert_eq!(
                milliseconds(text),
                expected.map(Duration::from_millis),
                "{text}"
            );
        }
    }

    #[test]
    fn booleans_are_read_as_postgresql_reads_them() {
        assert!(
            ["on", "true", "t", "yes", "1", "TRUE"]
                .into_iter()
                .all(is_on)
        );
        assert!(!["off", "false", "no", "0", "", "o"].into_iter().any(is_on));
    }
}
