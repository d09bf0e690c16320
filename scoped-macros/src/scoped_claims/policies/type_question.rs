//! Claims of a type whose name tells the macro nothing. Such a claim is compared once as each kind that it
//! may have, and the generated code uses the result for the kind that the compiler finds.

use std::collections::HashMap;

use super::super::model::{Field, Model};
use scoped_rules::ClaimKind;
use scoped_rules::policies::{
    ClaimRead, CompareOptions, FindingKind, KnownClaim, Project, Severity, TokenClaims, compare,
};

/// The most reads that are reported of those that differ only in their places, because the same correction
/// applies to all of them.
const ALIKE: usize = 3;

/// One claim of unknown kind, and the reads of it or of its members.
pub(super) struct TypeQuestion<'a> {
    pub(super) field: &'a Field,
    /// The project, with only these reads.
    pub(super) project: Project,
    target: &'a TokenClaims<'a>,
    options: &'a CompareOptions,
    /// The index of the claim in `target.claims`.
    place: usize,
}

impl<'a> TypeQuestion<'a> {
    /// Every claim of unknown kind that the policies read.
    pub(super) fn all(
        model: &'a Model,
        project: &'a Project,
        target: &'a TokenClaims<'a>,
        options: &'a CompareOptions,
    ) -> impl Iterator<Item = Self> {
        model.fields.iter().filter_map(move |field| {
            let path = field.claim.as_ref()?.path();
            // A field that a function serialises, or whose type depends on a parameter, has no type that the
            // compiler could check.
            if !field.is_plain || !field.asks.serialize {
                return None;
            }
            let is_it = |known: &KnownClaim| known.path == path && known.kind == ClaimKind::Any;
            let place = target.claims.iter().position(is_it)?;
            let reads = reads(project, options, &path);
            (!reads.is_empty()).then(|| Self {
                field,
                project: Project {
                    files: project.files.clone(),
                    objects: project.objects.clone(),
                    reads,
                    ..Project::default()
                },
                target,
                options,
                place,
            })
        })
    }

    pub(super) fn path(&self) -> &'a [String] {
        &self.target.claims[self.place].path
    }

    /// The errors about the reads of some paths, if the claim has this kind.
    pub(super) fn refusals(
        &self,
        kind: ClaimKind,
        one_of: Option<Vec<String>>,
        member: Option<KnownClaim>,
        about: impl Fn(&[String]) -> bool,
    ) -> Option<String> {
        let mut known = self.target.claims.to_vec();
        let claim = &mut known[self.place];
        claim.kind = kind;
        claim.one_of = one_of.or(claim.one_of.take());
        known.extend(member);
        let target = TokenClaims {
            claims: &known,
            ..*self.target
        };
        let findings = compare(&self.project, &target, self.options);
        let refusals = findings.into_iter().filter(|finding| {
            let is_of_reads = finding.kind != FindingKind::Unread && about(&finding.path);
            is_of_reads && finding.severity == Severity::Error
        });
        let texts: Vec<String> = refusals.map(|finding| finding.text).collect();
        (!texts.is_empty()).then(|| texts.join("\n"))
    }
}

/// The reads of the claim or its members.
fn reads(project: &Project, options: &CompareOptions, path: &[String]) -> Vec<ClaimRead> {
    let mut kept: Vec<ClaimRead> = Vec::new();
    let mut seen: HashMap<_, usize> = HashMap::new();
    for read in project
        .reads
        .iter()
        .filter(|read| read.path.starts_with(path))
    {
        let object = project.owner(read);
        if !options.covers(object) {
            continue;
        }
        // Everything that decides what a finding says, except for names.
        let certain = (
            read.dynamic,
            object.dynamic,
            object.uncertain,
            object.kind.is_policy(),
        );
        let alike = seen.entry((
            &read.path,
            format!("{:?}", read.usage),
            read.parsed,
            certain,
        ));
        let count = alike.or_default();
        *count += 1;
        if *count <= ALIKE {
            kept.push(read.clone());
        }
    }
    kept
}
