use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Everything {
    sub: String,
    role: String,
    aud: String,
    iss: String,
    iat: u64,
    exp: u64,
    aal: String,
    is_anonymous: bool,
    jti: String,
    nbf: u64,
    session_id: String,
    amr: Vec<String>,
    act: String,
}

fn main() {}
