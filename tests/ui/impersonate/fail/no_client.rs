use scoped_runtime::{Error, impersonate};

#[impersonate(user = id)]
async fn run(id: String) -> Result<(), Error> {
    let _ = id;
    Ok(())
}

fn main() {}
