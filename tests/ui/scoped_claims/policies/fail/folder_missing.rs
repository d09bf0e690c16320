use scoped_runtime::scoped_claims;

#[scoped_claims(policies("sql/two_tables.sql", "supabase/migrations", "sql/*.psql"))]
struct Tenant {
    tenant_id: String,
}

fn main() {
    let _ = Tenant { tenant_id: String::new() };
}
