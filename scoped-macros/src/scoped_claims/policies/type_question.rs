//! Claims whose type's name says nothing to a macro. Such a claim is compared as what it may be, and the
//! generated code takes the answer for what it is.

use std::collections::HashMap;

use super::super::model::{Field, Model};
use scoped_rules::ClaimKind;
use scoped_rules::policies::{
    ClaimRead, CompareOptions, FindingKind, KnownClaim, Project, Severity, TokenClaims, compare,
};

/// Of reads that differ in their places only, so many are answer enough: the others are mended with them.
const ALIKE: usize = 3;

/// One claim of which nothing is known, and what reads it or something inside of it.
pub(super) struct TypeQuestion<'a> {
    pub(super) field: &'a Field,
    /// The project without any other reads.
    pub(super) project: Project,
    target: &'a TokenClaims<'a>,
    options: &'a CompareOptions,
    /// The claim among those that are known.
    place: usize,
}

impl<'a> TypeQuestion<'a> {
    /// Every claim that there is something to ask about.
    pub(super) fn all(
        model: &'a Model,
        project: &'a Project,
        target: &'a TokenClaims<'a>,
        options: &'a CompareOptions,
    ) -> impl Iterator<Item = Self> {
        model.fields.iter().filter_map(move |field| {
            let path = field.claim.as_ref()?.path();
            // What is serialised by a function, or depends on a parameter, has no type to ask.
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

    /// Why the claim cannot be that: what the reads of some paths have against it.
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

/// What reads the claim, or something inside of it.
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
        // All that decides what is said of it, but for the names.
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
