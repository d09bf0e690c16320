use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[claim(min)]
    seats: u32,
    #[claim(min_len = "3")]
    plan: String,
    #[claim(max_len = 1.5)]
    region: String,
    #[claim(one_of = "free")]
    tier: String,
    #[claim(one_of(free, pro))]
    level: String,
    #[claim(pattern)]
    team: String,
    #[claim(custom = "check")]
    name: String,
    #[claim(non_empty = true, secret = "yes")]
    token: String,
    #[claim(default("free"))]
    role_name: String,
    #[claim(under)]
    place: String,
}

fn main() {}
