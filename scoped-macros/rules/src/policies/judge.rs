use super::finding::{Finding, FindingKind, Severity, dotted};
use super::fit::{Fit, fit};
use super::flow::Test;
use super::lookup::{Place, find};
use super::read::{Project, Read};
use super::suggest::suggest;
use super::survey::{is_auth_only, is_user_metadata, severity};
use super::target::{Known, Target};
use crate::ClaimKind;

/// What is wrong with a read, and in what other reads of the claim must be equal to be said with it.
pub(crate) fn judge(
    project: &Project,
    target: &Target<'_>,
    read: &Read,
) -> Option<(Finding, String)> {
    let path = read.dotted();
    let name = target.name;
    let through = match &read.through {
        Some(function) => format!(" through `{function}`"),
        None => String::new(),
    };
    let object_here = Known {
        path: read.path.clone(),
        kind: ClaimKind::Object,
        one_of: None,
    };
    let (kind, why) = match find(target, &read.path, read.parsed) {
        Place::Open => (FindingKind::Mismatch, element(target, read)?),
        // Said already.
        Place::Missing if is_auth_only(&read.path) || is_user_metadata(&read.path) => return None,
        Place::Missing => {
            // What is missing is the list, not its elements.
            let mut read = read.clone();
            while read.path.last().is_some_and(|step| step == "[]") && read.path.len() > 1 {
                read.path.pop();
            }
            let path = read.dotted();
            let known = target.known.iter().map(|known| known.path.clone());
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
        // A path takes lists and single values for each other.
        _ if read.how.test == Test::JsonPath => return None,
        Place::Below(known) => {
            let (above, is) = (dotted(&known.path), known.kind.noun());
            let why = format!("but `{above}` is {is}");
            let text = format!("reads claim `{path}`{through}, {why} in `{name}`");
            return Some((finding(project, read, FindingKind::Mismatch, text), why));
        }
        place @ (Place::Known(_) | Place::Object) => {
            let known = if let Place::Known(known) = place {
                known
            } else {
                &object_here
            };
            // A string may be any JSON, once it is parsed.
            if read.parsed && known.kind == ClaimKind::Text {
                return None;
            }
            match fit(known, &read.how, read.labels.as_deref()) {
                Fit::Always => return None,
                Fit::Sometimes(why) => (FindingKind::Doubtful, why),
                Fit::Never(why) => (FindingKind::Mismatch, why),
            }
        }
    };
    let kind = if read.soft {
        FindingKind::Doubtful
    } else {
        kind
    };
    let text = format!("reads claim `{path}`{through} and {why} in `{name}`");
    Some((finding(project, read, kind, text), why))
}

/// An element of an array whose values are known: compared with what none of them is?
fn element(target: &Target<'_>, read: &Read) -> Option<String> {
    let (last, array) = read.path.split_last()?;
    let known = target.known.iter().find(|known| known.path == array)?;
    if last != "[]" || known.kind != ClaimKind::List || known.one_of.is_none() {
        return None;
    }
    let of_text = Known {
        kind: ClaimKind::Text,
        ..known.clone()
    };
    match fit(&of_text, &read.how, read.labels.as_deref()) {
        Fit::Never(why) => Some(why),
        _ => None,
    }
}

fn finding(project: &Project, read: &Read, kind: FindingKind, text: String) -> Finding {
    let severity = match kind {
        FindingKind::Doubtful => Severity::Warning,
        // The SQL is prepared for tokens without the claim.
        FindingKind::Missing if read.optional => Severity::Warning,
        _ => severity(project.owner(read), read.dynamic),
    };
    Finding {
        severity,
        kind,
        path: read.path.clone(),
        object: Some(read.owner),
        place: Some(read.place.clone()),
        others: Vec::new(),
        text,
    }
}

/// Nothing reads the claim.
pub(crate) fn unread(target: &Target<'_>, known: &Known) -> Finding {
    Finding {
        severity: Severity::Warning,
        kind: FindingKind::Unread,
        path: known.path.clone(),
        object: None,
        place: None,
        others: Vec::new(),
        text: format!(
            "no policy reads claim `{}` of `{}`; remove it, or mark it `#[claim(unread)]`",
            dotted(&known.path),
            target.name
        ),
    }
}
