//! Claims whose type's name says nothing to a macro: the compiler knows it. The claim is compared as
//! each kind of value that it may be, and the generated code takes the answer for the one that it is.

use proc_macro2::Span;
use syn::{Attribute, Type};

use super::super::model::Model;
use crate::policy::{FindingKind, Kind, Known, Options, Project, Read, Severity, Target, compare};

const KINDS: [Kind; 7] = [
    Kind::Text,
    Kind::Uuid,
    Kind::Integer,
    Kind::Float,
    Kind::Boolean,
    Kind::Array,
    Kind::Object,
];

/// What a type must not have at a path, and why.
pub(in super::super) struct ByType {
    pub(in super::super) ty: Type,
    pub(in super::super) span: Span,
    pub(in super::super) cfgs: Vec<Attribute>,
    /// The path inside of the type; empty for itself.
    pub(in super::super) below: Vec<String>,
    /// Sentences for each kind that does not do. Without a kind: for nothing there.
    pub(in super::super) cases: Vec<(Option<Kind>, String)>,
}

/// What to ask of the fields' types.
pub(super) fn questions(
    model: &Model,
    project: &Project,
    target: &Target<'_>,
    options: &Options,
) -> Vec<ByType> {
    let mut questions = Vec::new();
    for field in &model.fields {
        // What is serialised by a function, or depends on a parameter, has no type to ask.
        let claim = field.claim.as_ref();
        let Some(claim) = claim.filter(|_| field.is_plain && field.asks.serialize) else {
            continue;
        };
        let path = claim.path();
        let place = target.known.iter().position(|known| known.path == path);
        let Some(place) = place.filter(|at| target.known[*at].kind == Kind::Any) else {
            continue;
        };
        let reads = project.reads.iter();
        let reads: Vec<Read> = reads
            .filter(|read| read.path.starts_with(&path))
            .cloned()
            .collect();
        if reads.is_empty() {
            continue;
        }
        let ask = Ask {
            project: Project {
                files: project.files.clone(),
                objects: project.objects.clone(),
                reads,
                ..Project::default()
            },
            target,
            options,
            place,
        };
        let question = |(below, cases)| ByType {
            ty: field.ty.clone(),
            span: claim.span,
            cfgs: field.cfgs.clone(),
            below,
            cases,
        };
        let answers = ask.all(&path).into_iter();
        questions.extend(answers.filter(|(_, cases)| !cases.is_empty()).map(question));
    }
    questions
}

/// Sentences for each kind that does not do. Without a kind: for nothing there.
type Cases = Vec<(Option<Kind>, String)>;

/// One claim, and what reads it or something below it.
struct Ask<'a> {
    project: Project,
    target: &'a Target<'a>,
    options: &'a Options,
    /// The claim among those that are known.
    place: usize,
}

impl Ask<'_> {
    /// By the path inside of the claim.
    fn all(&self, path: &[String]) -> Vec<(Vec<String>, Cases)> {
        let itself = KINDS.iter().filter_map(|kind| {
            let texts = self.refusals(*kind, None, |found| found.starts_with(path))?;
            Some((Some(*kind), texts))
        });
        let mut all = vec![(Vec::new(), itself.collect())];
        let mut inside: Vec<&Vec<String>> =
            self.project.reads.iter().map(|read| &read.path).collect();
        inside.retain(|read| read.len() > path.len() && !read.contains(&"[]".to_owned()));
        inside.sort_unstable();
        inside.dedup();
        for read in inside {
            let cases = KINDS
                .map(Some)
                .into_iter()
                .chain([None])
                .filter_map(|kind| {
                    let member = Known {
                        // Something else makes it an object that lacks this.
                        path: kind.map_or_else(|| nowhere(path), |_| read.clone()),
                        kind: kind.unwrap_or(Kind::Any),
                        one_of: None,
                    };
                    let texts = self.refusals(Kind::Object, Some(member), |found| found == read)?;
                    Some((kind, texts))
                });
            all.push((read[path.len()..].to_vec(), cases.collect()));
        }
        all
    }

    /// Why the claim cannot be of this kind.
    fn refusals(
        &self,
        kind: Kind,
        member: Option<Known>,
        about: impl Fn(&[String]) -> bool,
    ) -> Option<String> {
        let mut known = self.target.known.to_vec();
        known[self.place].kind = kind;
        known.extend(member);
        let target = Target {
            known: &known,
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

/// A member that no SQL reads, since no string of Postgres can have its name.
fn nowhere(path: &[String]) -> Vec<String> {
    let mut path = path.to_vec();
    path.push("\0".repeat(64));
    path
}
