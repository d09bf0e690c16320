use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[claim("subscription")]
    plan: String,
    #[claim(rename: "places", rename = "places")]
    seats: u32,
    #[claim(rename = )]
    region: String,
    #[claim(rename = "since" rename)]
    from: u64,
}

fn main() {}
