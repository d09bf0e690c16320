//! Whoever mistypes the renaming is not told that the name, too, is wrong.

use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Subject {
    #[claim(renam = "subject")]
    sub: String,
    #[claim(rename = subject_role)]
    role: String,
    #[serde(rename(serialise = "expiry"))]
    exp: u64,
    #[claim = "issuer"]
    iss: String,
}

#[scoped_claims]
#[serde(rename_all = "UPPER CASE")]
struct Audience {
    aud: String,
}

fn main() {}
