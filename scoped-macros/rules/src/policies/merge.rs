//! One finding for a claim, with its places.

use std::collections::HashMap;

use super::finding::{Finding, FindingKind, dotted};
use super::name::shown;
use super::object::Place;
use super::read::Project;

/// So many places are named; the others are counted.
const NAMED: usize = 5;

/// Findings of which some say the same of different places.
#[derive(Default)]
pub(crate) struct Drafts {
    found: Vec<Finding>,
    known: HashMap<(FindingKind, String, String), usize>,
}

impl Drafts {
    /// Adds a finding, to those of its kind, claim and key if there are any.
    pub(crate) fn add(&mut self, finding: Finding, key: &str) {
        let of = (finding.kind, dotted(&finding.path), key.to_owned());
        let Some(index) = self.known.get(&of).copied() else {
            self.known.insert(of, self.found.len());
            self.found.push(finding);
            return;
        };
        let known = &mut self.found[index];
        let mut other = finding;
        // What is certain comes first.
        if other.severity > known.severity {
            std::mem::swap(known, &mut other);
            known.others = std::mem::take(&mut other.others);
        }
        if let (Some(object), Some(place)) = (other.object, other.place) {
            known.others.push((object, place));
        }
    }

    pub(crate) fn merged(self) -> Vec<Finding> {
        self.found
    }
}

/// The whole sentence: the object, what is said of it, and all places.
pub(crate) fn sentence(project: &Project, finding: &Finding) -> String {
    let (Some(object), Some(place)) = (finding.object, &finding.place) else {
        return shown(&finding.text);
    };
    let mut places: Vec<&Place> = vec![place];
    let mut others: Vec<&Place> = finding.others.iter().map(|(_, place)| place).collect();
    others.sort_by_key(|place| (place.file, place.line));
    for other in others {
        let same = |known: &&Place| known.file == other.file && known.line == other.line;
        if !places.iter().any(same) {
            places.push(other);
        }
    }
    let named = places.iter().take(NAMED).map(|place| project.shown(place));
    let mut list = named.collect::<Vec<_>>().join(", ");
    if places.len() > NAMED {
        list.push_str(" and ");
        list.push_str(&(places.len() - NAMED).to_string());
        list.push_str(" more");
    }
    shown(&format!(
        "{} {} ({list})",
        project.objects[object].kind, finding.text
    ))
}
