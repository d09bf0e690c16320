use syn::{Attribute, Type};

use super::ask::Ask;
use scoped_rules::ClaimKind;
use scoped_rules::policies::{Project, Shape, Test};

/// Literals that a policy compares a claim with: for a test, which can ask an enum for its values.
pub(in super::super) struct OfEnum {
    pub(in super::super) ty: Type,
    pub(in super::super) cfgs: Vec<Attribute>,
    pub(in super::super) literals: Vec<String>,
    /// What to say if it is none of them.
    pub(in super::super) text: String,
}

impl OfEnum {
    pub(super) fn questions(ask: &mut Ask<'_>) -> Vec<Self> {
        let path = ask.path();
        let reads = std::mem::take(&mut ask.project.reads);
        let mut questions = Vec::new();
        for read in reads {
            // Casting to an enum type takes its labels only.
            let literals = match (&read.how.test, &read.labels) {
                (_, Some(labels)) => labels.clone(),
                (Test::Equal(literals), None) => literals.clone(),
                _ => continue,
            };
            if read.how.shape != Shape::Text {
                continue;
            }
            ask.project = Project {
                reads: vec![read],
                ..std::mem::take(&mut ask.project)
            };
            // As a text that is nothing at all.
            let none = Some(Vec::new());
            let text = ask.refusals(ClaimKind::Text, none, None, |found| found == path);
            questions.extend(text.map(|text| Self {
                ty: ask.field.ty.clone(),
                cfgs: ask.field.cfgs.clone(),
                literals,
                text,
            }));
        }
        questions
    }
}
