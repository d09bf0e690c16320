use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[claim(one_of("free", "professional"), max_len = 8)]
    plan: String,
    #[claim(one_of(1, 20), max = 10)]
    level: u32,
    #[claim(one_of("eu", "US"), pattern = "[a-z]+")]
    region: String,
    #[claim(one_of("", "a", "a"))]
    twice: String,
    #[claim(one_of())]
    none: String,
    #[claim(one_of("", "a"), non_empty)]
    empty: String,
}

fn main() {}
