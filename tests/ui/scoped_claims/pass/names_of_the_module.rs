//! What is in the struct's module has no effect on what is generated, whatever its name.
#![allow(non_camel_case_types, non_upper_case_globals, dead_code)]

use scoped_runtime::{ScopedClaims, scoped_claims};

struct value;
struct found;
struct serializer;
struct deserializer;
struct claims;
struct error;
struct plan;
struct seats;
struct claim;
struct name;
struct types;
struct probe;
const accept: u8 = 1;
const CLASS: u8 = 1;
const PATTERN: u8 = 1;
static manifest: u8 = 1;
enum Result {}
enum Option {}

fn is_known(plan_name: &str) -> core::result::Result<(), &'static str> {
    if plan_name == "free" { Ok(()) } else { Err("is not known") }
}

fn is_even(number: &u32) -> core::result::Result<(), &'static str> {
    if number.is_multiple_of(2) { Ok(()) } else { Err("is odd") }
}

#[scoped_claims]
struct Tenant {
    #[claim(custom = is_even, under = "app_metadata")]
    seats: u32,
    #[claim(pattern = "[a-z]+", default = "free")]
    plan_name: String,
}

#[scoped_claims]
struct Flat {
    #[claim(custom = is_known, pattern = "[a-z]+")]
    plan: String,
}

pub(crate) fn main() {
    Tenant { seats: 2, plan_name: "free".to_owned() }.check().unwrap();
    Flat { plan: "free".to_owned() }.check().unwrap();
}
