use syn::{Attribute, Type};

use super::type_question::TypeQuestion;
use scoped_rules::ClaimKind;
use scoped_rules::policies::{Extraction, Predicate, Project};

/// Literals that a policy compares a claim with, for a test that asks serde for the values of the enum.
pub(in super::super) struct EnumTest {
    pub(in super::super) ty: Type,
    pub(in super::super) cfgs: Vec<Attribute>,
    pub(in super::super) literals: Vec<String>,
    /// The message if no value of the enum equals a literal.
    pub(in super::super) text: String,
}

impl EnumTest {
    pub(super) fn questions(question: &mut TypeQuestion<'_>) -> Vec<Self> {
        let path = question.path();
        let reads = std::mem::take(&mut question.project.reads);
        let mut questions = Vec::new();
        for read in reads {
            // A cast to an enum type accepts only its labels.
            let literals = match (&read.usage.predicate, &read.labels) {
                (_, Some(labels)) => labels.clone(),
                (Predicate::Equal(literals), None) => literals.clone(),
                _ => continue,
            };
            if read.usage.extraction != Extraction::Text {
                continue;
            }
            question.project = Project {
                reads: vec![read],
                ..std::mem::take(&mut question.project)
            };
            // The claim is compared as a text without any possible value.
            let none = Some(Vec::new());
            let text = question.refusals(ClaimKind::Text, none, None, |found| found == path);
            questions.extend(text.map(|text| Self {
                ty: question.field.ty.clone(),
                cfgs: question.field.cfgs.clone(),
                literals,
                text,
            }));
        }
        questions
    }
}
