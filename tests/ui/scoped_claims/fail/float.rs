use std::collections::HashMap;

use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    rate: f64,
    rates: Option<Vec<f32>>,
    by_name: HashMap<String, f64>,
    #[claim(allow_float)]
    fine: f64,
}

fn main() {}
