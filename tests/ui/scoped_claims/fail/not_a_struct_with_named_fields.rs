use scoped_runtime::{ScopedClaims, scoped_claims};

#[scoped_claims]
enum Plan {
    Free,
    #[serde(rename = "pro")]
    Pro {
        #[claim(rename = "seat_count")]
        seats: u32,
    },
}

#[scoped_claims]
union Number {
    whole: u32,
    real: f32,
}

#[scoped_claims]
struct Tuple(#[claim(rename = "plan")] String, u32);

#[scoped_claims]
struct Unit;

fn claims(_: impl ScopedClaims) {}

fn main() {
    claims(Plan::Free);
    claims(Number { whole: 1 });
    claims(Tuple("free".to_owned(), 1));
    claims(Unit);
}
