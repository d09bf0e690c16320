# The CI jobs. `.ci/run` runs the same commands without `just`.

# Lists the recipes
default:
    @just --list --unsorted

# All CI jobs
ci: fmt clippy doc quickstart kms test

# All tests; starts the local server by itself
test:
    cargo test --workspace

# Signing with AWS KMS, against moto (needs python3)
kms:
    cargo test -p scoped-tests --features aws-kms --test kms

# Checks the formatting
fmt:
    cargo fmt --all --check

# Lints, with warnings denied
clippy:
    cargo clippy --workspace --all-targets --all-features -- -D warnings

# The documentation, with warnings denied
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --all-features

# Two users on the local server
quickstart:
    cargo run --example quickstart

# Advisories, licences, banned crates, sources (needs cargo-deny and the network)
deny:
    cargo deny check

# Rewrites the expected messages of the UI tests; read the diff
ui:
    TRYBUILD=overwrite cargo test -p scoped-tests --test ui
