use scoped_runtime::scoped_claims;

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Plan {
    Free,
    Pro,
}

#[scoped_claims(policies = "sql/literal_that_an_enum_excludes.sql")]
struct Tenant {
    #[claim(one_of("free", "pro"))]
    plan: Plan,
}

fn main() {}
