use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::claims::{Aal, Actor, Role, UserId};
use crate::config::Rules;
use crate::error::CallerError;

/// The claims that Auth puts into every token, checked but for the times; see
/// <https://supabase.com/docs/guides/auth/jwt-fields>.
pub(super) struct Registered {
    pub(super) user_id: UserId,
    pub(super) role: Role,
    pub(super) aal: Aal,
    pub(super) session_id: Option<String>,
    pub(super) is_anonymous: bool,
    pub(super) actor: Option<Actor>,
    pub(super) issued_at: SystemTime,
    pub(super) expires_at: SystemTime,
    not_before: Option<SystemTime>,
}

/// The end of the year 9999; beyond it is a mistake in the unit.
const LAST: u64 = 253_402_300_799;

impl Registered {
    pub(super) fn read(
        claims: &Map<String, Value>,
        rules: &Rules,
        issuer: &str,
    ) -> Result<Self, CallerError> {
        if text(claims, "iss")? != Some(issuer) {
            return Err(CallerError::claim("iss", "is not the project's Auth"));
        }
        check_audience(claims, &rules.audience)?;
        let (issued_at, expires_at) = (required(claims, "iat")?, required(claims, "exp")?);
        if issued_at > expires_at {
            return Err(CallerError::claim("iat", "is later than its `exp`"));
        }
        Ok(Self {
            user_id: user_id(claims, rules.issuer.is_some())?,
            role: role(claims)?,
            aal: aal(claims)?,
            session_id: text(claims, "session_id")?.map(str::to_owned),
            is_anonymous: is_anonymous(claims)?,
            actor: actor(claims)?,
            issued_at,
            expires_at,
            not_before: time(claims, "nbf")?,
        })
    }

    /// Whether the token is alive.
    pub(super) fn check_times(&self, now: SystemTime, leeway: Duration) -> Result<(), CallerError> {
        let is_ahead = |time: SystemTime| {
            let ahead = time.duration_since(now);
            ahead.is_ok_and(|ahead| ahead > leeway)
        };
        let past = now.duration_since(self.expires_at);
        if past.is_ok_and(|past| past >= leeway) {
            return Err(CallerError::Expired);
        }
        if self.not_before.is_some_and(is_ahead) {
            return Err(CallerError::NotYetValid { name: "nbf" });
        }
        if is_ahead(self.issued_at) {
            return Err(CallerError::NotYetValid { name: "iat" });
        }
        Ok(())
    }
}

/// RFC 7519, section 4.1.3: text, or a list of texts of which one is ours.
fn check_audience(claims: &Map<String, Value>, ours: &str) -> Result<(), CallerError> {
    let is_ours = match claims.get("aud") {
        Some(Value::String(audience)) => audience == ours,
        Some(Value::Array(audiences)) if audiences.iter().all(Value::is_string) => {
            audiences.iter().any(|audience| audience == ours)
        }
        _ => return Err(CallerError::claim("aud", "is no text and no list of texts")),
    };
    if is_ours {
        Ok(())
    } else {
        Err(CallerError::claim("aud", "is somebody else"))
    }
}

/// Auth's users have a UUID, in one form only: two texts for one user would be two users to a policy
/// that compares texts. Other issuers' may have any ID.
fn user_id(claims: &Map<String, Value>, is_external: bool) -> Result<UserId, CallerError> {
    let sub = text(claims, "sub")?.ok_or(CallerError::claim("sub", "is missing"))?;
    let user_id = if is_external {
        UserId::external(sub).ok()
    } else {
        UserId::new(sub).ok()
    };
    user_id
        .filter(|user_id| user_id.as_str() == sub)
        .ok_or(CallerError::claim("sub", "is no user's ID"))
}

/// A token without a role runs as `anon`, silently: neither is a user who has signed in.
fn role(claims: &Map<String, Value>) -> Result<Role, CallerError> {
    match text(claims, "role")? {
        None => Err(CallerError::claim("role", "is missing")),
        Some("anon") => Err(CallerError::claim("role", "is that of nobody")),
        Some(name) => Role::new(name).map_err(|_| CallerError::claim("role", "is no user's")),
    }
}

/// A token without one is at the lowest level.
fn aal(claims: &Map<String, Value>) -> Result<Aal, CallerError> {
    text(claims, "aal")?.map_or(Ok(Aal::default()), |level| {
        Aal::read(level).ok_or(CallerError::claim("aal", "is no known level"))
    })
}

/// Only Supabase's Auth has anonymous users, and always says so.
fn is_anonymous(claims: &Map<String, Value>) -> Result<bool, CallerError> {
    match claims.get("is_anonymous") {
        None => Ok(false),
        Some(Value::Bool(is_anonymous)) => Ok(*is_anonymous),
        Some(_) => Err(CallerError::claim("is_anonymous", "is no boolean")),
    }
}

fn actor(claims: &Map<String, Value>) -> Result<Option<Actor>, CallerError> {
    claims
        .get("act")
        .map(Actor::deserialize)
        .transpose()
        .map_err(|_| CallerError::claim("act", "names no actor"))
}

fn text<'c>(
    claims: &'c Map<String, Value>,
    name: &'static str,
) -> Result<Option<&'c str>, CallerError> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(CallerError::claim(name, "is no text")),
    }
}

fn required(claims: &Map<String, Value>, name: &'static str) -> Result<SystemTime, CallerError> {
    time(claims, name)?.ok_or(CallerError::claim(name, "is missing"))
}

/// A `NumericDate` (RFC 7519, section 2). One that is there is never skipped, whatever it is. Fractions
/// are refused: `PostgREST` takes them for 1970.
fn time(
    claims: &Map<String, Value>,
    name: &'static str,
) -> Result<Option<SystemTime>, CallerError> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    let seconds = value.as_u64().filter(|seconds| *seconds <= LAST);
    let time = seconds.and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
    match time {
        Some(time) => Ok(Some(time)),
        None => Err(CallerError::claim(name, "is no whole number of seconds")),
    }
}
