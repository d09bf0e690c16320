use scoped_runtime::scoped_claims;

#[scoped_claims]
#[serde(rename_all = "camelCase")]
struct Tenant {
    état: String,
}

fn main() {}
