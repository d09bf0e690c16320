use scoped_runtime::scoped_claims;

#[scoped_claims]
#[serde(rename_all = "camelCase")]
struct Tenant {
    tenant_id: String,
    _sub: String,
    #[serde(rename = "legacySub")]
    __sub: String,
}

fn main() {}
