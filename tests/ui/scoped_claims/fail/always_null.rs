use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    nothing: (),
    maybe: Option<()>,
    #[claim(under = "app_metadata")]
    inner: Box<()>,
}

fn main() {}
