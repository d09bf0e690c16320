use scoped_rules::policies::Known;

use super::super::model::{Claim, Field, Model};

/// What policies can know of the struct's claims.
pub(super) fn known(model: &Model) -> Vec<Known> {
    let claims = model.fields.iter().filter_map(|field| field.claim.as_ref());
    let mut known: Vec<Known> = Vec::new();
    for claim in claims {
        // One claim may be two fields, of which one is there.
        if !known.iter().any(|known| known.path == claim.path()) {
            known.push(as_known(claim));
        }
    }
    let is_nameless = |field: &Field| field.claim.is_none() && field.asks.serialize;
    // After a mistake in a field's name, the claim that a policy reads may be that one.
    if model.fields.iter().any(is_nameless) {
        known.push(Known::anything(Vec::new()));
    }
    known
}

fn as_known(claim: &Claim) -> Known {
    if !claim.cfgs.is_empty() {
        return Known::anything(claim.path());
    }
    let constraints = claim.constraints.iter();
    let constraints = constraints.map(|written| &written.constraint);
    Known::new(claim.path(), claim.shape.kind, constraints)
}
