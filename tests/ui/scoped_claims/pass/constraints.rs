//! Rules are data in `CLAIMS`, and are checked all together.

use scoped_runtime::{ClaimKind, Constraint, Literal, Number, ScopedClaims, TokenError, scoped_claims};

#[scoped_claims]
#[derive(Clone)]
struct Tenant {
    #[claim(non_empty, max_len = 8)]
    tenant_id: String,
    #[claim(rename = "subscription", one_of("free", "pro"), secret)]
    plan: String,
    #[claim(under = "app_metadata", min = 1, max = 100)]
    seats: Option<u32>,
    #[claim(pattern = "[a-z]{2}(-[0-9]+)?")]
    region: String,
    #[claim(uuid)]
    team: Option<String>,
    #[claim(min_len = 1, custom = unique)]
    roles: Vec<String>,
    #[claim(custom = rules::even)]
    number: Option<i64>,
    #[claim(min = -0.5, allow_float)]
    rate: f64,
    #[claim(one_of(1, 2, -3))]
    level: i8,
}

fn unique(roles: &[String]) -> Result<(), &'static str> {
    let mut sorted = roles.to_vec();
    sorted.sort();
    sorted.dedup();
    if sorted.len() == roles.len() { Ok(()) } else { Err("names a role twice") }
}

mod rules {
    pub fn even(number: &i64) -> Result<(), &'static str> {
        if number % 2 == 0 { Ok(()) } else { Err("is odd") }
    }
}

pub(crate) fn main() {
    let good = Tenant {
        tenant_id: "acme".to_owned(),
        plan: "pro".to_owned(),
        seats: Some(100),
        region: "eu-1".to_owned(),
        team: Some("00000000-0000-4000-8000-00000000000A".to_owned()),
        roles: vec!["admin".to_owned()],
        number: Some(2),
        rate: -0.5,
        level: -3,
    };
    good.check().unwrap();
    let absent = Tenant { seats: None, team: None, number: None, ..good.clone() };
    absent.check().unwrap();

    let bad = Tenant {
        tenant_id: "a-very-long-name".to_owned(),
        plan: "hunter2".to_owned(),
        seats: Some(0),
        region: "eu-1x".to_owned(),
        team: Some("00000000000040008000000000000000".to_owned()),
        roles: vec!["admin".to_owned(), "admin".to_owned()],
        number: Some(3),
        rate: -1.5,
        level: 3,
    };
    let error = bad.check().unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid claims: `tenant_id` has more than 8 characters\n  \
         `subscription` is not one of `free`, `pro`\n  \
         `app_metadata.seats` is less than 1\n  \
         `region` does not match `[a-z]{2}(-[0-9]+)?`\n  \
         `team` is not a UUID in hyphenated form\n  \
         `roles` names a role twice\n  \
         `number` is odd\n  \
         `rate` is less than -0.5\n  \
         `level` is not one of `1`, `2`, `-3`"
    );
    let TokenError::InvalidClaims { violations, .. } = error else { panic!() };
    let rules: Vec<&str> = violations.iter().map(|violation| violation.rule()).collect();
    assert_eq!(
        rules,
        ["max_len", "one_of", "min", "pattern", "uuid", "custom", "custom", "min", "one_of"]
    );

    let empty = Tenant { tenant_id: String::new(), roles: Vec::new(), ..good };
    assert_eq!(
        empty.check().unwrap_err().to_string(),
        "invalid claims: `tenant_id` is empty\n  `roles` has fewer than 1 items"
    );

    let [id, plan, seats, region, team, roles, number, rate, level] = Tenant::CLAIMS else { panic!() };
    assert_eq!(id.constraints(), [Constraint::NonEmpty, Constraint::MaxLen(8)]);
    assert_eq!(id.kind(), ClaimKind::Text);
    assert!(!id.is_optional() && !id.is_secret());
    assert_eq!(plan.constraints(), [Constraint::OneOf(&[Literal::Text("free"), Literal::Text("pro")])]);
    assert!(plan.is_secret());
    let (one, hundred) = (Number::Integer(1), Number::Integer(100));
    assert_eq!(seats.constraints(), [Constraint::Min(one), Constraint::Max(hundred)]);
    assert_eq!(seats.kind(), ClaimKind::Integer);
    assert!(seats.is_optional());
    assert_eq!(region.constraints(), [Constraint::Pattern("[a-z]{2}(-[0-9]+)?")]);
    assert_eq!(team.constraints(), [Constraint::Uuid]);
    assert_eq!(roles.constraints(), [Constraint::MinLen(1), Constraint::Custom("unique")]);
    assert_eq!(roles.kind(), ClaimKind::List);
    assert_eq!(number.constraints(), [Constraint::Custom("rules::even")]);
    assert_eq!(rate.constraints(), [Constraint::Min(Number::Float(-0.5))]);
    assert!(rate.allows_float());
    assert_eq!(level.constraints()[0].name(), "one_of");
}
