use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[claim]
    plan: String,
    #[claim()]
    seats: u32,
    #[claim = "country"]
    region: String,
}

fn main() {}
