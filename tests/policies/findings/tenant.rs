#[scoped_claims]
struct Tenant {
    #[claim(uuid)]
    tenant_id: String,
    #[claim(one_of("free", "pro"))]
    plan: String,
    #[claim(under = "app_metadata")]
    seats: Option<u32>,
    forgotten: bool,
    #[claim(unread)]
    meant: Vec<String>,
}
