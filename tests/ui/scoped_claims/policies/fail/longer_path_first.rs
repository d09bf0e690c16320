use scoped_runtime::scoped_claims;

#[scoped_claims(policies("sql/longer_path_first.sql", allow = ["app_metadata"], deny = ["app_metadata.team"]))]
struct Tenant {
    #[claim(under = "app_metadata")]
    plan: String,
}

fn main() {}
