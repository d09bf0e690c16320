use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[claim(min = 10, max = 1)]
    seats: u32,
    #[claim(max_len = 2, min_len = 3)]
    plan: String,
    #[claim(non_empty, max_len = 0)]
    region: String,
    #[claim(uuid, max_len = 32)]
    team: String,
    #[claim(min = 0.5, max = 0.25, allow_float)]
    rate: f64,
}

fn main() {}
