use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::claims::{Aal, Actor, Role, UserId};
use crate::config::Rules;
use crate::error::CallerError;

/// The claims that Auth puts into every token, checked but for the times; see
/// <https://supabase.com/docs/guides/auth/jwt-fields>.
pub(super) struct RegisteredClaims {
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
const MAX_NUMERIC_DATE: u64 = 253_402_300_799;

impl RegisteredClaims {
    pub(super) fn read(
        claims: &Map<String, Value>,
        rules: &Rules,
        issuer: &str,
    ) -> Result<Self, CallerError> {
        check_issuer(claims, issuer)?;
        check_audience(claims, rules)?;
        let (issued_at, expires_at) = (required(claims, "iat")?, required(claims, "exp")?);
        if issued_at > expires_at {
            return Err(CallerError::claim("iat", "is later than its `exp`"));
        }
        Ok(Self {
            user_id: user_id(claims, rules.external_users)?,
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

fn check_issuer(claims: &Map<String, Value>, ours: &str) -> Result<(), CallerError> {
    match text(claims, "iss")? {
        Some(issuer) if issuer == ours => Ok(()),
        found => Err(CallerError::mismatch("iss", found, ours)),
    }
}

/// RFC 7519, section 4.1.3: text, or a list of texts of which one is ours.
fn check_audience(claims: &Map<String, Value>, rules: &Rules) -> Result<(), CallerError> {
    let ours = rules.audience.as_str();
    match claims.get("aud") {
        None if rules.relaxed.audience => Ok(()),
        None => Err(CallerError::mismatch("aud", None, ours)),
        Some(Value::String(audience)) if audience == ours => Ok(()),
        Some(Value::String(audience)) => Err(CallerError::mismatch("aud", Some(audience), ours)),
        Some(Value::Array(audiences)) if audiences.iter().all(Value::is_string) => {
            if audiences.iter().any(|audience| audience == ours) {
                return Ok(());
            }
            let all: Vec<&str> = audiences.iter().filter_map(Value::as_str).collect();
            Err(CallerError::mismatch("aud", Some(&all.join(", ")), ours))
        }
        Some(_) => Err(CallerError::claim(
            "aud",
            "is neither text nor a list of texts",
        )),
    }
}

/// Auth's users have a UUID, in one form only: two texts for one user would be two users to a policy
/// that compares texts. Other issuers' may have any ID.
fn user_id(claims: &Map<String, Value>, is_external: bool) -> Result<UserId, CallerError> {
    let sub = text(claims, "sub")?.ok_or(CallerError::claim("sub", "is missing"))?;
    let (user_id, reason) = if is_external {
        let reason = "is not an ID of a user: empty, too long, or a UUID in another form than `auth.uid()` has";
        (UserId::external(sub).ok(), reason)
    } else {
        let reason = "is not a UUID in the form that Auth gives its users' IDs";
        (UserId::new(sub).ok(), reason)
    };
    user_id
        .filter(|user_id| user_id.as_str() == sub)
        .ok_or(CallerError::claim("sub", reason))
}

/// A token without a role runs as `anon`, silently: neither is a user who has signed in.
fn role(claims: &Map<String, Value>) -> Result<Role, CallerError> {
    match text(claims, "role")? {
        None => Err(CallerError::claim("role", "is missing")),
        Some("anon") => Err(CallerError::claim(
            "role",
            "is `anon`, that of a request without a user",
        )),
        Some(name) => Role::new(name)
            .map_err(|_| CallerError::claim("role", "is not one that a user may have")),
    }
}

/// A token without one is at the lowest level.
fn aal(claims: &Map<String, Value>) -> Result<Aal, CallerError> {
    text(claims, "aal")?.map_or(Ok(Aal::default()), |level| {
        let unknown = CallerError::claim("aal", "is not a level that is known");
        level.parse().map_err(|_| unknown)
    })
}

/// Only Supabase's Auth has anonymous users, and always says so.
fn is_anonymous(claims: &Map<String, Value>) -> Result<bool, CallerError> {
    match claims.get("is_anonymous") {
        None => Ok(false),
        Some(Value::Bool(is_anonymous)) => Ok(*is_anonymous),
        Some(_) => Err(CallerError::claim("is_anonymous", "is not a boolean")),
    }
}

fn actor(claims: &Map<String, Value>) -> Result<Option<Actor>, CallerError> {
    let Some(act) = claims.get("act") else {
        return Ok(None);
    };
    let actor = Actor::deserialize(act).ok();
    actor
        .filter(|actor| actor.check().is_ok())
        .map(Some)
        .ok_or(CallerError::claim(
            "act",
            "is not an actor, or a chain of too many",
        ))
}

fn text<'c>(
    claims: &'c Map<String, Value>,
    name: &'static str,
) -> Result<Option<&'c str>, CallerError> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(CallerError::claim(name, "is not text")),
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
    let seconds = value
        .as_u64()
        .filter(|seconds| *seconds <= MAX_NUMERIC_DATE);
    let time = seconds.and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
    match time {
        Some(time) => Ok(Some(time)),
        None => Err(CallerError::claim(name, "is not a whole number of seconds")),
    }
}
