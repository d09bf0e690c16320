use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    plan: String,
    #[claim(rename = "plan")]
    subscription: String,
    #[claim(rename = "seat_count")]
    seats: u32,
    seat_count: u32,
}

fn main() {}
