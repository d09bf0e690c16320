use std::collections::VecDeque;
use std::ffi::{CString, OsString};

use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    avatar: Vec<u8>,
    hash: Option<[u8; 32]>,
    hashes: Vec<[u8; 4]>,
    #[claim(under = "app_metadata")]
    nested: Box<[u8]>,
    queue: VecDeque<u8>,
    maybe: Vec<Option<Vec<u8>>>,
    c: CString,
    os: Option<OsString>,
}

fn main() {}
