use scoped_runtime::scoped_claims;

#[scoped_claims]
#[serde(tag = "kind")]
struct Tagged {
    plan: String,
}

#[scoped_claims]
#[serde(transparent)]
struct Transparent {
    plan: String,
}

#[scoped_claims]
#[serde(into = "String")]
struct Converted {
    plan: String,
}

#[scoped_claims]
#[serde(remote = "Other", untagged)]
struct Remote {
    plan: String,
}

fn main() {}
