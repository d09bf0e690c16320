use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[cfg(all())]
    plan: String,
    #[cfg(not(any()))]
    #[claim(rename = "plan")]
    subscription: String,
}

fn main() {}
