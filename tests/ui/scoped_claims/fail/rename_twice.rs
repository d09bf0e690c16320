use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[claim(rename = "subscription", rename = "tier")]
    plan: String,
    #[claim(rename = "seat_count")]
    #[claim(rename = "places")]
    seats: u32,
}

fn main() {}
