use scoped_runtime::scoped_claims;

struct Opaque;

#[scoped_claims]
struct Tenant {
    plan: String,
    opaque: Opaque,
    list: Vec<Opaque>,
}

#[scoped_claims]
struct Nested {
    #[claim(under = "app_metadata")]
    opaque: Opaque,
}

fn main() {}
