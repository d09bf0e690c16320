use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[claim(custom = even)]
    plan: String,
    #[claim(custom = speaks)]
    number: u32,
}

fn even(number: &u32) -> Result<(), &'static str> {
    if number % 2 == 0 { Ok(()) } else { Err("is odd") }
}

/// A reason that is made at run time could show the value.
fn speaks(number: &u32) -> Result<(), String> {
    Err(format!("is {number}"))
}

fn main() {}
