# The CI jobs. `.ci/run` runs the same commands without `just`.

# Lists the recipes
default:
    @just --list --unsorted

# All CI jobs
ci: fmt clippy doc smallest examples unify test

# All tests; starts the local server by itself
test:
    cargo test --workspace --all-features

# The runtime without any feature
smallest:
    cargo check -p scoped-runtime --no-default-features

# Checks the formatting
fmt:
    cargo fmt --all --check

# Lints, with warnings denied
clippy:
    cargo clippy --workspace --all-targets --all-features -- -D warnings

# The documentation, with warnings denied
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --all-features --lib --bins --example quickstart
    RUSTDOCFLAGS="-D warnings" cargo doc -p scoped-runtime --no-deps

# Every example, by the command that the README gives
examples:
    #!/usr/bin/env bash
    set -euo pipefail
    for name in quickstart worker blocking_report operations services_tour realtime_room direct_postgres rls_matrix live axum_notes actix_notes; do
        command=$(.ci/readme_command "$name command")
        bash -c "$command"
    done

# Proxies in the environment lead nowhere.
# What is sent, in a program whose other crates turn on every feature of reqwest, rustls and hyper
unify:
    HTTP_PROXY=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1 \
        CARGO_TARGET_DIR=target cargo test --manifest-path tests/unify/Cargo.toml

# Prints memory and descriptors at the beginning and the end.
# Ten minutes of clients, callers, impersonation, rotation, closing and slow sinks over HTTP/1 and HTTP/2
soak seconds="600":
    SOAK_SECONDS={{seconds}} cargo test --release -p scoped-tests --test transport -- soak --ignored --nocapture

# Advisories, licences, banned crates, sources (needs cargo-deny; the advisories also the network)
deny:
    cargo deny check

# `just live report.md` also writes the table to a file; `just live --help` says what the environment has to name.
# What a project answers to each feature, tried as two users (`--local`: a local server)
live *arguments:
    cargo run --example live -- {{arguments}}

# The oldest Rust that each feature can be built with, by what the packages declare
msrv:
    tests/msrv

# Needs npm and `cargo install hyperlink --version 0.3.2 --locked`.
# Fails on a link of the documentation or of a Markdown file that leads nowhere
links:
    tests/links

# Needs `cargo install cargo-semver-checks --locked`.
# Breaking changes of the published crates since a commit or tag
semver rev:
    cargo semver-checks -p scoped-rules -p scoped-runtime --all-features --baseline-rev {{rev}}

# What `cargo publish` does up to the upload, in the order in which the crates depend on each other
publish-dry-run:
    cargo publish --workspace --dry-run

# Tries what the policy check says of a thousand generated histories on PostgreSQL
truth:
    cargo test -p scoped-tests --test policies -- --ignored a_thousand_histories

# Rewrites the expected messages of the UI tests; read the diff
ui:
    TRYBUILD=overwrite cargo test -p scoped-ui

# Needs a nightly compiler and `cargo install cargo-fuzz --locked`.
# Fuzzes what reads keys, configuration, tokens and frames of Realtime, each for so many seconds
fuzz seconds="180":
    #!/usr/bin/env bash
    set -euo pipefail
    for target in jwk pem config jwks token realtime; do
        mkdir -p "tests/fuzz/corpus/$target"
        cargo +nightly fuzz run --fuzz-dir tests/fuzz "$target" "tests/fuzz/corpus/$target" "tests/fuzz/seeds/$target" \
            -- -max_total_time={{seconds}} -timeout=10 -len_control=0 -max_len=4096
    done

# The benchmarks, and the table in scoped-runtime/docs/benchmarks.md
bench:
    cargo bench -p scoped-tests

# A test of `realtime` installs what npm brings, so run one before.
# Messages per CPU-second and memory of clients of Realtime on one server in one run, and a thousand clients
realtime-bench what="all":
    cargo run --release --manifest-path tests/realtime-bench/Cargo.toml -- {{what}}

# What a clean build of a hello-world costs, beside one on `postgrest` and `jsonwebtoken`; for a quiet machine
build-cost runs="2":
    tests/build-cost {{runs}}

# Builds each crate from its package alone, and a project that depends on the repository by git
packages:
    tests/packages

# Needs a nightly of May 2026 and `cargo install cargo-public-api --version 0.52.0 --locked`.
# Writes the listing of the public interface, whose diff a reviewer reads
public-api:
    cargo +nightly public-api -p scoped-runtime --all-features -sss > tests/public-api.txt

# Fails when the public interface is not the one that is listed
public-api-check:
    cargo +nightly public-api -p scoped-runtime --all-features -sss | diff tests/public-api.txt -
