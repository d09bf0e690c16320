//! How a program of the examples checks what it shows, and how it ends.
#![allow(
    clippy::print_stdout,
    reason = "a program for people: it says what it does"
)]

use std::process::ExitCode;

/// The result of a program, or of a part of it.
pub type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Prints the summary of a program that has succeeded, or its error, and returns its exit code.
pub fn ended(outcome: Result, summary: &str) -> ExitCode {
    match outcome {
        Ok(()) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("FAILED: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the line.
///
/// # Errors
/// The line, if it is not true.
pub fn step(held: bool, line: &str) -> Result {
    if !held {
        return Err(format!("not true: {line}").into());
    }
    println!("ok   {line}");
    Ok(())
}
