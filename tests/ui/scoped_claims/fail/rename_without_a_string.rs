use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[claim(rename = subscription)]
    plan: String,
    #[claim(rename = 3)]
    seats: u32,
    #[claim(rename)]
    region: String,
    #[claim(rename("country"))]
    land: String,
}

fn main() {}
