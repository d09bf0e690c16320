use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::claims::{Aal, Actor, Role, UserId};
use crate::config::VerifierRules;
use crate::error::CallerError;

/// The claims that Auth puts into every token, checked except for the times; see RFC 7519, section 4.1, and
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

/// The end of the year 9999. A later time is most likely in milliseconds.
const MAX_NUMERIC_DATE: u64 = 253_402_300_799;

impl RegisteredClaims {
    pub(super) fn read(
        claims: &Map<String, Value>,
        rules: &VerifierRules,
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

    /// Checks that the token is valid at this time: `exp`, `nbf` and `iat`, each with the leeway.
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

fn check_issuer(claims: &Map<String, Value>, expected: &str) -> Result<(), CallerError> {
    match text(claims, "iss")? {
        Some(issuer) if issuer == expected => Ok(()),
        found => Err(CallerError::mismatch("iss", found, expected)),
    }
}

/// Checks `aud` (RFC 7519, section 4.1.3): a text, or a list of texts that contains the expected one.
fn check_audience(claims: &Map<String, Value>, rules: &VerifierRules) -> Result<(), CallerError> {
    let ours = rules.audience.as_str();
    match claims.get("aud") {
        None if rules.third_party.missing_audience => Ok(()),
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
            "is neither a text nor a list of texts",
        )),
    }
}

/// Reads `sub`. The ID of an Auth user is a UUID in its one canonical form, since a policy that compares
/// texts would take two forms for two users. The users of other issuers may have any ID.
fn user_id(claims: &Map<String, Value>, is_external: bool) -> Result<UserId, CallerError> {
    let sub = text(claims, "sub")?.ok_or(CallerError::claim("sub", "is missing"))?;
    let (user_id, reason) = if is_external {
        let reason = "is not a valid user ID: it is empty, too long, or a UUID in another form than the one of `auth.uid()`";
        (UserId::external(sub).ok(), reason)
    } else {
        let reason = "is not a UUID in the lower-case, hyphenated form that Auth uses";
        (UserId::new(sub).ok(), reason)
    };
    user_id
        .filter(|user_id| user_id.as_str() == sub)
        .ok_or(CallerError::claim("sub", reason))
}

/// Reads `role`. A token without a role, or with `anon`, is not the token of a signed-in user: PostgREST
/// runs both as `anon`.
fn role(claims: &Map<String, Value>) -> Result<Role, CallerError> {
    match text(claims, "role")? {
        None => Err(CallerError::claim("role", "is missing")),
        Some("anon") => Err(CallerError::claim(
            "role",
            "is `anon`, the role of requests without a user",
        )),
        Some(name) => Role::new(name)
            .map_err(|_| CallerError::claim("role", "is not a role that a user may have")),
    }
}

/// Reads `aal`. A token without it is at the lowest level.
fn aal(claims: &Map<String, Value>) -> Result<Aal, CallerError> {
    text(claims, "aal")?.map_or(Ok(Aal::default()), |level| {
        let unknown = CallerError::claim("aal", "is not a known assurance level");
        level.parse().map_err(|_| unknown)
    })
}

/// Reads `is_anonymous`. Only Supabase's Auth has anonymous users, and always sets the claim for them.
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
            "is not a valid actor, or is a chain of more than 16 actors",
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

/// Reads a `NumericDate` (RFC 7519, section 2). A value of another type is an error, never skipped.
/// Fractions are refused, since PostgREST reads them as 1970.
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
