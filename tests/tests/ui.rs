//! The macros' messages: one mistake a file, its message beside it.

#[test]
fn scoped_claims() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/scoped_claims/pass/*.rs");
    cases.compile_fail("ui/scoped_claims/fail/*.rs");
}

#[test]
fn impersonate() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/impersonate/pass/*.rs");
    cases.compile_fail("ui/impersonate/fail/*.rs");
}
