use scoped_runtime::scoped_claims;

#[scoped_claims]
#[derive(Clone)]
struct Tenant<'a> {
    plan: &'a str,
}

fn main() {
    let _ = Tenant { plan: "free" }.clone();
}
