use scoped_runtime::scoped_claims;

#[scoped_claims(under = "user_metadata")]
struct Struct {
    plan: String,
}

#[scoped_claims]
struct Tenant {
    #[claim(under = "user_metadata")]
    plan: String,
}

#[scoped_claims]
struct Field {
    user_metadata: String,
}

#[scoped_claims]
struct Renamed {
    #[claim(rename = "user_metadata")]
    profile: String,
}

fn main() {}
