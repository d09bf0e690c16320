use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[claim(renam = "subscription")]
    plan: String,
    #[claim(optional)]
    seats: Option<u32>,
}

fn main() {}
