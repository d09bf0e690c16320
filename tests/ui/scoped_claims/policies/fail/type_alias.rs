use scoped_runtime::scoped_claims;

type Id = bool;

#[scoped_claims(policies = "sql/type_alias.sql")]
struct Tenant {
    tenant_id: Id,
}

fn main() {}
