use scoped_runtime::scoped_claims;

#[scoped_claims(polices = "supabase/migrations")]
#[serde(tag = "kind")]
struct Tenant<'a> {
    sub: String,
    #[claim(rename = "role")]
    tenant_role: String,
    #[claim(rename = "")]
    nameless: String,
    #[claim(renam = "subscription")]
    plan: &'a str,
    #[claim(rename = "plan")]
    tier: String,
    #[claim]
    #[serde(flatten)]
    rest: Vec<String>,
}

fn main() {}
