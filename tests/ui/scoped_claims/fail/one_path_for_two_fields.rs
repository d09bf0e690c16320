use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[claim(under = "app_metadata")]
    plan: String,
    #[claim(under = "app_metadata", rename = "plan")]
    tier: String,
    plan_of_another_kind: String,
}

#[scoped_claims]
struct ObjectSecond {
    #[claim(under = "app_metadata")]
    plan: String,
    app_metadata: Vec<String>,
}

#[scoped_claims]
struct ObjectFirst {
    app_metadata: Vec<String>,
    #[claim(under = "app_metadata")]
    plan: String,
}

fn main() {}
