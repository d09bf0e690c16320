//! Findings about one claim with the same problem become one finding with several places.

use std::collections::HashMap;

use super::finding::{Finding, FindingKind, dotted};
use super::name::shown;
use super::object::SourceLocation;
use super::project::Project;

/// The number of places that a sentence names; it counts the others.
const NAMED: usize = 5;

/// Findings, grouped by kind, claim and problem.
#[derive(Default)]
pub(crate) struct FindingGroups {
    found: Vec<Finding>,
    known: HashMap<(FindingKind, String, String), usize>,
}

impl FindingGroups {
    /// Adds a finding to the group of its kind, claim and key, or begins a group.
    pub(crate) fn add(&mut self, finding: Finding, key: &str) {
        let of = (finding.kind, dotted(&finding.path), key.to_owned());
        let Some(index) = self.known.get(&of).copied() else {
            self.known.insert(of, self.found.len());
            self.found.push(finding);
            return;
        };
        let known = &mut self.found[index];
        let mut other = finding;
        // The most severe finding represents the group.
        if other.severity > known.severity {
            std::mem::swap(known, &mut other);
            known.other_locations = std::mem::take(&mut other.other_locations);
        }
        if let (Some(object), Some(location)) = (other.object, other.location) {
            known.other_locations.push((object, location));
        }
    }

    pub(crate) fn merged(self) -> Vec<Finding> {
        self.found
    }
}

/// The sentence of a finding: the object, the problem, and all places.
pub(crate) fn sentence(project: &Project, finding: &Finding) -> String {
    let (Some(object), Some(location)) = (finding.object, &finding.location) else {
        return shown(&finding.text);
    };
    let mut locations: Vec<&SourceLocation> = vec![location];
    let mut others: Vec<&SourceLocation> = finding
        .other_locations
        .iter()
        .map(|(_, location)| location)
        .collect();
    others.sort_by_key(|location| (location.file, location.line));
    for other in others {
        let same = |known: &&SourceLocation| known.file == other.file && known.line == other.line;
        if !locations.iter().any(same) {
            locations.push(other);
        }
    }
    let named = locations
        .iter()
        .take(NAMED)
        .map(|location| project.shown(location));
    let mut list = named.collect::<Vec<_>>().join(", ");
    if locations.len() > NAMED {
        list.push_str(" and ");
        list.push_str(&(locations.len() - NAMED).to_string());
        list.push_str(" more");
    }
    shown(&format!(
        "{} {} ({list})",
        project.objects[object].kind, finding.text
    ))
}
