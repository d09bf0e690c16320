use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[claim(pattern = "[a-z")]
    plan: String,
    #[claim(pattern = "a)(b")]
    region: String,
    #[claim(pattern = r"\p{Greek}+")]
    team: String,
}

fn main() {}
