use std::collections::{BTreeMap, HashMap};

use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    by_number: HashMap<u32, String>,
    by_pair: Vec<BTreeMap<bool, u8>>,
    fine: BTreeMap<uuid::Uuid, u16>,
}

fn main() {}
