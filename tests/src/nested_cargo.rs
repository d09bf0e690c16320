use std::process::Command;

/// Cargo, for a test to run, as a shell would run it. Without the variables in which the outer cargo describes the
/// package of the test: build scripts look at them (`ring`'s does), so what is compiled already would be compiled again.
#[must_use]
pub fn nested_cargo() -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&name);
        }
    }
    cargo
}
