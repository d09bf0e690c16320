//! Starts a server of the test kit, prints where it is, and waits to be killed or ends:
//! `hold-server wait|end supabase|postgres FOLDER`, with the migrations in this folder. `tests/cleanup` checks what is
//! left of it. It can also be started by hand, to try things on a server.
#![allow(clippy::print_stdout, reason = "a program for people and tests")]

use scoped_runtime::testing::{LocalSupabase, Postgres};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [until, what, migrations] = arguments.as_slice() else {
        return Err("hold-server wait|end supabase|postgres FOLDER".into());
    };
    let is_held = until == "wait";
    if what == "postgres" {
        let postgres = Postgres::with(migrations).await?;
        println!("ready {}", postgres.admin_url());
        hold(is_held).await;
    } else {
        // It is shared, so that it is not dropped at the end.
        let server = LocalSupabase::with(migrations).shared().await?;
        let another = server.gateway().await?;
        println!(
            "ready {} {} {}",
            server.url(),
            another.url(),
            server.admin_database_url()
        );
        hold(is_held).await;
    }
    Ok(())
}

async fn hold(is_held: bool) {
    if is_held {
        std::future::pending::<()>().await;
    }
}
