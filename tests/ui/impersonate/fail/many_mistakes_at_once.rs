use scoped_runtime::{ScopedClient, impersonate};

#[impersonate(usr = id, role = "Postgres ", expires_in = "soon", role = "anon", via, crate = 1)]
const fn run(id: String, #[scoped(now)] db: &ScopedClient, #[scoped(role = "none", crate = a)] other: ScopedClient) {
    let _ = (id, db, other);
}

fn main() {}
