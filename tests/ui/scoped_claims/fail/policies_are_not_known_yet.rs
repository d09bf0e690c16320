use scoped_runtime::scoped_claims;

#[scoped_claims(policies = "supabase/migrations")]
struct Tenant {
    plan: String,
}

fn main() {}
