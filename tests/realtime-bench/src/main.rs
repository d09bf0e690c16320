//! Messages per CPU-second and memory of clients of Realtime, on one server in one run; and a thousand clients.

mod crowd;
mod receive;
mod server;

use std::error::Error;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Result {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match &words[..] {
        ["ours", url] => receive::ours(url).await,
        ["other", url] => receive::other(url).await,
        ["receive"] => receive::compare().await,
        ["crowd"] => crowd::run().await,
        ["all"] => {
            receive::compare().await?;
            crowd::run().await
        }
        _ => Err("say `all`, `receive` or `crowd`".into()),
    }
}
