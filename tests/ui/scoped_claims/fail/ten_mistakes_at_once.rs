use scoped_runtime::scoped_claims;

#[scoped_claims(role = "postgres", expires_in = "0s", max_bytes = 0)]
struct Tenant {
    sub: String,
    #[claim(under = "user_metadata")]
    nick: String,
    #[claim(min = 2, max = 1)]
    seats: u32,
    #[claim(pattern = "(")]
    region: String,
    #[claim(one_of("free"), default = "pro")]
    plan: String,
    #[claim(uuid)]
    active: bool,
    #[claim(rename = "active")]
    is_active: bool,
}

fn main() {}
