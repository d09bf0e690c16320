//! Fuzzes text as the key set of a project.
#![no_main]

use libfuzzer_sys::fuzz_target;

/// The token of RFC 7515, appendix A.3, whose key is in no input.
const JWS: &str = concat!(
    "eyJhbGciOiJFUzI1NiJ9",
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
);

fuzz_target!(|text: &str| {
    assert!(!scoped_runtime::__private::jws_verifies(JWS, text));
});
