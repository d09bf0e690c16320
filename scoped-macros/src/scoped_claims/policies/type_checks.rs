use proc_macro2::Span;
use syn::{Attribute, Type};

use super::type_question::TypeQuestion;
use scoped_rules::ClaimKind;
use scoped_rules::policies::KnownClaim;

/// The kinds that a type must not have at a path, with the reason, for the compiler to check.
pub(in super::super) struct TypeCheck {
    pub(in super::super) ty: Type,
    pub(in super::super) span: Span,
    pub(in super::super) cfgs: Vec<Attribute>,
    /// The path inside of the type; empty for the type itself.
    pub(in super::super) below: Vec<String>,
    pub(in super::super) cases: Cases,
}

/// The message for each kind that the policies rule out. `None` stands for a type without a member at the
/// path.
type Cases = Vec<(Option<ClaimKind>, String)>;

impl TypeCheck {
    /// The checks of the claim's type, and of each member that the policies read.
    pub(super) fn questions(question: &TypeQuestion<'_>) -> Vec<Self> {
        let path = question.path();
        let mut inside: Vec<&[String]> = question
            .project
            .reads
            .iter()
            .map(|read| read.path.as_slice())
            .filter(|read| read.len() > path.len() && !read.iter().any(|step| step == "[]"))
            .collect();
        inside.sort_unstable();
        inside.dedup();
        let members = inside.into_iter().map(|read| member(question, read));
        let questions = std::iter::once(itself(question)).chain(members);
        questions
            .filter(|question| !question.cases.is_empty())
            .collect()
    }

    fn new(question: &TypeQuestion<'_>, below: &[String], cases: Cases) -> Self {
        let field = question.field;
        Self {
            ty: field.ty.clone(),
            span: field
                .claim
                .as_ref()
                .map_or(field.name.span(), |claim| claim.span),
            cfgs: field.cfgs.clone(),
            below: below.to_vec(),
            cases,
        }
    }
}

fn itself(question: &TypeQuestion<'_>) -> TypeCheck {
    let path = question.path();
    let cases = ClaimKind::KNOWN.into_iter().filter_map(|kind| {
        let texts = question.refusals(kind, None, None, |found| found.starts_with(path))?;
        Some((Some(kind), texts))
    });
    TypeCheck::new(question, &[], cases.collect())
}

fn member(question: &TypeQuestion<'_>, read: &[String]) -> TypeCheck {
    let path = question.path();
    let kinds = ClaimKind::KNOWN.map(Some).into_iter().chain([None]);
    let cases = kinds.filter_map(|kind| {
        let member = KnownClaim {
            // Another member makes it an object that lacks this one.
            path: kind.map_or_else(|| nowhere(path), |_| read.to_vec()),
            kind: kind.unwrap_or(ClaimKind::Any),
            one_of: None,
        };
        let texts =
            question.refusals(ClaimKind::Object, None, Some(member), |found| found == read)?;
        Some((kind, texts))
    });
    TypeCheck::new(question, &read[path.len()..], cases.collect())
}

/// The path of a member that no SQL reads, because no string in PostgreSQL can have its name.
fn nowhere(path: &[String]) -> Vec<String> {
    let mut path = path.to_vec();
    path.push("\0".repeat(64));
    path
}
