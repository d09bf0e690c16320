use scoped_runtime::scoped_claims;

#[scoped_claims]
#[cfg_attr(all(), serde(rename_all(deserialize = "snake_case", serialize = "camelCase")))]
struct Tenant {
    user_metadata: String,
}

fn main() {}
