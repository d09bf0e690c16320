use super::{Claim, ClaimKind};

/// The type at the path `below` inside of a claim's value: `None` if there is no such member, `Any` if the
/// type is unknown. `kind` is the type of the value, and `inside` are its claims if it is a struct of claims.
pub const fn kind_at(
    kind: ClaimKind,
    inside: Option<&[Claim]>,
    below: &[&str],
) -> Option<ClaimKind> {
    if below.is_empty() {
        return Some(kind);
    }
    let Some(claims) = inside else {
        return Some(ClaimKind::Any);
    };
    let mut index = 0;
    while index < claims.len() {
        let claim = &claims[index];
        let depth = claim.under().len() + 1;
        if shares_prefix(claim, below) {
            return match claim.kind() {
                _ if depth > below.len() => Some(ClaimKind::Object),
                kind if depth == below.len() => Some(kind),
                ClaimKind::Integer | ClaimKind::Float | ClaimKind::Boolean => None,
                // A text may contain JSON, and the members of an object are not listed.
                _ => Some(ClaimKind::Any),
            };
        }
        index += 1;
    }
    None
}

/// Whether one of the two paths is a prefix of the other.
const fn shares_prefix(claim: &Claim, path: &[&str]) -> bool {
    let under = claim.under();
    let mut step = 0;
    while step < path.len() && step <= under.len() {
        let name = if step < under.len() {
            under[step]
        } else {
            claim.name()
        };
        if !is_same(name, path[step]) {
            return false;
        }
        step += 1;
    }
    true
}

/// `==` for constants.
const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

#[cfg(test)]
mod tests {
    use super::kind_at;
    use crate::claims::{Claim, ClaimKind, Description};

    fn claim(under: &'static [&'static str], name: &'static str, kind: ClaimKind) -> Claim {
        let description = Description {
            under,
            kind,
            constraints: &[],
            optional: false,
            secret: false,
            unread: false,
            allow_float: false,
        };
        Claim::described(name, description)
    }

    #[test]
    fn a_path_leads_to_the_claim_that_has_it() {
        let claims = [
            claim(&[], "plan", ClaimKind::Text),
            claim(&["limits"], "seats", ClaimKind::Integer),
            claim(&[], "more", ClaimKind::Any),
        ];
        let at = |below: &[&str]| kind_at(ClaimKind::Object, Some(&claims), below);
        assert_eq!(at(&[]), Some(ClaimKind::Object));
        assert_eq!(at(&["plan"]), Some(ClaimKind::Text));
        assert_eq!(at(&["limits"]), Some(ClaimKind::Object));
        assert_eq!(at(&["limits", "seats"]), Some(ClaimKind::Integer));
        assert_eq!(at(&["limits", "seat"]), None);
        assert_eq!(at(&["limits", "seats", "x"]), None);
        assert_eq!(at(&["more", "x"]), Some(ClaimKind::Any));
        assert_eq!(at(&["pla"]), None);
        assert_eq!(kind_at(ClaimKind::Any, None, &["x"]), Some(ClaimKind::Any));
    }
}
