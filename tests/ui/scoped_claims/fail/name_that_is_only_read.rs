use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Alias {
    #[serde(alias = "user_metadata")]
    profile: String,
    #[serde(alias = "id", alias = "sub")]
    owner: String,
    #[serde(alias = "")]
    nameless: String,
    #[serde(alias = "a\0b")]
    unkept: String,
}

#[scoped_claims]
struct Renamed {
    #[serde(rename(deserialize = "user_metadata"))]
    profile: String,
    #[claim(rename = "level")]
    #[serde(rename(deserialize = "aal"))]
    assurance: String,
    #[serde(rename(deserialize = "plan", deserialize = "role"))]
    plan: String,
    #[serde(skip_serializing, alias = "user_metadata")]
    hidden: String,
}

#[scoped_claims]
#[serde(rename_all(serialize = "kebab-case", deserialize = "snake_case"))]
struct Ruled {
    user_metadata: String,
    session_id: String,
}

#[scoped_claims]
#[serde(rename_all(deserialize = "SCREAMING_SNAKE_CASE"))]
struct Clashing {
    plan: String,
    #[serde(alias = "PLAN")]
    tier: String,
    #[serde(rename(deserialize = "plan"))]
    subscription: String,
}

#[scoped_claims]
struct Nested {
    #[claim(under = "app_metadata")]
    #[serde(alias = "seats")]
    places: u32,
    #[claim(under = "app_metadata")]
    seats: u32,
    #[serde(alias = "app_metadata")]
    meta: String,
}

#[derive(serde::Serialize, serde::Deserialize, scoped_runtime::ScopedClaims)]
struct Derived {
    #[serde(alias = "user_metadata")]
    profile: String,
}

mod serde {
    pub use scoped_runtime::__private::serde::*;
}

fn main() {}
