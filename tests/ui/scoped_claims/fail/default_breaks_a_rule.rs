use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[claim(one_of("free", "pro"), default = "none")]
    plan: String,
    #[claim(min = 1, default = 0)]
    seats: Option<u32>,
    #[claim(uuid, default = "acme")]
    team: String,
    #[claim(default = "three")]
    level: u32,
    #[claim(pattern = "[a-z]+", default = "a1")]
    region: String,
}

fn main() {}
