#![no_implicit_prelude]
#![deny(warnings)]

extern crate scoped_runtime as rt;

// Where the runtime has another name, nothing of the usual one is there.
mod scoped_runtime {}

#[rt::impersonate(user = "6f7f5b3c6a4e4b579f0e2f4b5d0c9a11", claims = rt::NoClaims {}, role = "anon", expires_in = "90s", via = clients, crate = rt)]
async fn run(clients: &rt::ScopedClients, #[scoped] db: rt::ScopedClient) -> ::core::result::Result<(), rt::Error> {
    ::core::mem::drop(db);
    ::core::result::Result::Ok(())
}

#[rt::impersonate(user = "6f7f5b3c6a4e4b579f0e2f4b5d0c9a11", expires_in = ::core::time::Duration::MAX, crate = crate::impersonate_renamed_crate::rt)]
async fn by_default(#[scoped] _: rt::ScopedClient) -> ::core::result::Result<(), rt::Error> {
    ::core::result::Result::Ok(())
}

pub(crate) fn main() {
    let _ = (run, by_default);
}
