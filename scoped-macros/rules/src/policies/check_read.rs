use super::claim_lookup::{ClaimLookup, look_up, suggest};
use super::claim_reads::{is_auth_only, is_user_metadata, severity};
use super::compatibility::{Compatibility, compatibility};
use super::dataflow::Predicate;
use super::finding::{Finding, FindingKind, Severity, dotted};
use super::project::{ClaimRead, Project};
use super::token_claims::{KnownClaim, TokenClaims};
use crate::ClaimKind;

/// The finding about one read, if the claims do not match it. The text beside it is equal for reads that have
/// the same problem, which become one finding.
pub(crate) fn check_read(
    project: &Project,
    token: &TokenClaims<'_>,
    read: &ClaimRead,
) -> Option<(Finding, String)> {
    let path = read.dotted();
    let name = token.name;
    let through = match &read.through {
        Some(function) => format!(" through `{function}`"),
        None => String::new(),
    };
    let object_here = KnownClaim {
        path: read.path.clone(),
        kind: ClaimKind::Object,
        one_of: None,
    };
    let (kind, why) = match look_up(token, &read.path, read.parsed) {
        ClaimLookup::Open => (FindingKind::Mismatch, element(token, read)?),
        // These reads have findings of their own.
        ClaimLookup::Missing if is_auth_only(&read.path) || is_user_metadata(&read.path) => {
            return None;
        }
        ClaimLookup::Missing => {
            // The finding is about the list, not about its elements.
            let mut read = read.clone();
            while read.path.last().is_some_and(|step| step == "[]") && read.path.len() > 1 {
                read.path.pop();
            }
            let path = read.dotted();
            let known = token.claims.iter().map(|known| known.path.clone());
            let hint = match suggest(&read.path, &known.collect::<Vec<_>>()) {
                Some(other) => format!("; did you mean `{other}`?"),
                None => String::new(),
            };
            let text = format!("reads claim `{path}`{through}, which `{name}` does not have{hint}");
            return Some((
                finding(project, &read, FindingKind::Missing, text),
                String::new(),
            ));
        }
        // SQL/JSON paths treat a single value like a list of one element.
        _ if read.usage.predicate == Predicate::JsonPath => return None,
        ClaimLookup::Below(known) => {
            let (above, is) = (dotted(&known.path), known.kind.noun());
            let why = format!("but `{above}` is {is}");
            let text = format!("reads claim `{path}`{through}, {why} in `{name}`");
            return Some((finding(project, read, FindingKind::Mismatch, text), why));
        }
        location @ (ClaimLookup::Claim(_) | ClaimLookup::Object) => {
            let known = if let ClaimLookup::Claim(known) = location {
                known
            } else {
                &object_here
            };
            // The text of a string may be any JSON document.
            if read.parsed && known.kind == ClaimKind::Text {
                return None;
            }
            match compatibility(known, &read.usage, read.labels.as_deref()) {
                Compatibility::Always => return None,
                Compatibility::Sometimes(why) => (FindingKind::Doubtful, why),
                Compatibility::Never(why) => (FindingKind::Mismatch, why),
            }
        }
    };
    let kind = if read.ambiguous {
        FindingKind::Doubtful
    } else {
        kind
    };
    let text = format!("reads claim `{path}`{through} and {why} in `{name}`");
    Some((finding(project, read, kind, text), why))
}

/// An element of an array whose elements have known values: the reason, if the SQL compares it with none of
/// them.
fn element(token: &TokenClaims<'_>, read: &ClaimRead) -> Option<String> {
    let (last, array) = read.path.split_last()?;
    let known = token.claims.iter().find(|known| known.path == array)?;
    if last != "[]" || known.kind != ClaimKind::List || known.one_of.is_none() {
        return None;
    }
    let of_text = KnownClaim {
        kind: ClaimKind::Text,
        ..known.clone()
    };
    match compatibility(&of_text, &read.usage, read.labels.as_deref()) {
        Compatibility::Never(why) => Some(why),
        _ => None,
    }
}

fn finding(project: &Project, read: &ClaimRead, kind: FindingKind, text: String) -> Finding {
    let severity = match kind {
        FindingKind::Doubtful => Severity::Warning,
        // The SQL handles tokens without the claim.
        FindingKind::Missing if read.optional => Severity::Warning,
        _ => severity(project.owner(read), read.dynamic),
    };
    Finding {
        severity,
        kind,
        path: read.path.clone(),
        object: Some(read.owner),
        location: Some(read.location.clone()),
        other_locations: Vec::new(),
        text,
    }
}

/// The finding about a claim that no object reads.
pub(crate) fn unread(token: &TokenClaims<'_>, known: &KnownClaim) -> Finding {
    Finding {
        severity: Severity::Warning,
        kind: FindingKind::Unread,
        path: known.path.clone(),
        object: None,
        location: None,
        other_locations: Vec::new(),
        text: format!(
            "no policy reads claim `{}` of `{}`; remove it, or mark it `#[claim(unread)]`",
            dotted(&known.path),
            token.name
        ),
    }
}
