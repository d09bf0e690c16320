use scoped_runtime::scoped_claims;

#[scoped_claims]
fn tenant() -> String {
    String::new()
}

fn main() {
    tenant();
}
