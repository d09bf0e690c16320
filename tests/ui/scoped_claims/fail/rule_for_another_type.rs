use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[claim(min = 1)]
    plan: String,
    #[claim(max_len = 3)]
    seats: Option<u32>,
    #[claim(pattern = "[0-9]+")]
    size: Box<u64>,
    #[claim(uuid)]
    teams: Vec<String>,
    #[claim(one_of("yes", "no"))]
    active: bool,
    #[claim(one_of(1, 2))]
    level: String,
    #[claim(max = 256)]
    small: u8,
    #[claim(one_of("acme"))]
    team: uuid::Uuid,
}

fn main() {}
