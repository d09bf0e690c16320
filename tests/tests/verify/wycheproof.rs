//! The public test vectors of the Wycheproof project, run through the code that verifies tokens.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::{fs, io};

use scoped_runtime::__private::jws_verifies;
use serde_json::Value;

/// The algorithms that we accept.
const OURS: [&str; 4] = ["ES256", "RS256", "EdDSA", "HS256"];

/// Cases that are valid according to the file and that we refuse: both have a `?` inside their base64url,
/// which RFC 7515, section 2, does not allow. (The `Modified` cases beside them differ in nothing else and
/// are invalid.)
const STRICTER: [u64; 2] = [372, 373];

/// Cases that are invalid according to the file because of padding that the file itself has lost: byte for
/// byte they equal case 357, which is valid.
const SAME_AS_VALID: [u64; 2] = [367, 370];

#[test]
fn every_wycheproof_case_has_the_result_of_its_file() {
    let Ok(folder) = vectors() else {
        say("not run: WYCHEPROOF_VECTORS names no folder");
        return;
    };
    for (file, cases) in [
        ("json_web_signature_test.json", 401),
        ("json_web_key_test.json", 26),
        ("json_web_crypto_test.json", 83),
    ] {
        let text = fs::read_to_string(Path::new(&folder).join(file)).expect(file);
        let json: Value = serde_json::from_str(&text).expect(file);
        assert_eq!(json["numberOfTests"], cases, "{file}");
        let count = run(file, &json);
        say(&format!("{file}: {cases} run, {count:?}"));
        assert_eq!(count.values().sum::<u64>(), cases, "{file}: {count:?}");
    }
}

/// Writes a line directly, because the test harness hides the output of `println!` in a passing test.
fn say(line: &str) {
    let printed = io::stdout().write_all(format!("{line}\n").as_bytes());
    printed.unwrap();
}

#[expect(
    clippy::disallowed_methods,
    reason = "the user of the tests sets the folder of the vectors"
)]
fn vectors() -> Result<String, std::env::VarError> {
    std::env::var("WYCHEPROOF_VECTORS")
}

/// Runs the cases of a file and counts them by result.
fn run(file: &str, json: &Value) -> BTreeMap<&'static str, u64> {
    let mut count = BTreeMap::new();
    for group in json["testGroups"].as_array().unwrap() {
        // A shared secret has only a private form.
        let keys = group.get("public").unwrap_or(&group["private"]);
        for case in group["tests"].as_array().unwrap() {
            let ended = one(file, keys, case);
            *count.entry(ended).or_default() += 1;
        }
    }
    count
}

fn one(file: &str, keys: &Value, case: &Value) -> &'static str {
    // Encrypted tokens and those in the JSON serialisation are passed on unchanged.
    let token = case.get("jws").unwrap_or(&case["jwe"]);
    let token = token
        .as_str()
        .map_or_else(|| token.to_string(), str::to_owned);
    let accepted = jws_verifies(&token, &keys.to_string());

    let id = case["tcId"].as_u64().unwrap();
    let is_special = |cases: &[u64]| file.contains("signature") && cases.contains(&id);
    let is_ours = case.get("jws").is_some() && is_of_ours(&token, keys);
    let mut expected = is_ours && case["result"] == "valid" && !is_special(&STRICTER);
    if is_special(&SAME_AS_VALID) {
        expected = true;
    }
    assert_eq!(accepted, expected, "{file}: {case}\nkeys: {keys}");
    match (accepted, is_ours) {
        (true, _) => "accepted",
        (false, true) => "refused",
        (false, false) => "refused, of an algorithm that is not ours",
    }
}

/// Returns whether we accept the algorithms of header and keys.
fn is_of_ours(token: &str, keys: &Value) -> bool {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let header = token.split('.').next().unwrap_or_default();
    let header = URL_SAFE_NO_PAD.decode(header.trim_end_matches(['#', ' ', '?']));
    let header = header
        .ok()
        .and_then(|json| serde_json::from_slice::<Value>(&json).ok());
    let Some(header) = header else {
        // The header cannot be read, so the algorithm of the key decides.
        return true;
    };
    let alg = header["alg"].as_str().unwrap_or_default();
    let key = keys["keys"].get(0).unwrap_or(keys);
    OURS.contains(&alg) && key["alg"].as_str().is_none_or(|alg| OURS.contains(&alg))
}
