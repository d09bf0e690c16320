//! The AWS KMS signer against `moto`.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use aws_sdk_kms::types::{KeySpec, KeyUsageType};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, Validation};
use scoped_runtime::{Algorithm, AwsKms, AwsKmsError, Signer};
use scoped_tests::{Moto, kms_client};
use serde_json::{Value, json};

use crate::KID;

async fn new_key(moto: &Moto, spec: KeySpec, usage: KeyUsageType) -> String {
    let request = moto.client().create_key().key_spec(spec).key_usage(usage);
    let key = request.send().await.unwrap().key_metadata.unwrap();
    key.key_id
}

async fn connect(moto: &Moto, key: &str) -> Result<AwsKms, AwsKmsError> {
    AwsKms::connect(moto.client(), key, KID).await
}

/// A token with these claims, as the runtime mints it.
async fn mint(kms: &AwsKms, claims: &Value) -> String {
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let header = json!({ "typ": "JWT", "alg": kms.algorithm().name(), "kid": kms.key_id() });
    let input = format!("{}.{}", encode(&header), encode(claims));
    let signature = kms.sign(input.as_bytes()).await.unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Verifies the token with the registered key in an independent library and returns its claims.
fn verify(token: &str, jwk: &Value, algorithm: jsonwebtoken::Algorithm) -> Value {
    assert_eq!(
        jsonwebtoken::decode_header(token).unwrap().kid.as_deref(),
        Some(KID)
    );
    let jwk = serde_json::from_value(jwk.clone()).unwrap();
    let mut validation = Validation::new(algorithm);
    validation.validate_aud = false;
    let key = DecodingKey::from_jwk(&jwk).unwrap();
    jsonwebtoken::decode::<Value>(token, &key, &validation)
        .unwrap()
        .claims
}

#[tokio::test]
async fn tokens_verify_with_the_public_jwk() {
    let moto = Moto::shared().await.unwrap();
    for (spec, algorithm, verifying) in [
        (
            KeySpec::EccNistP256,
            Algorithm::Es256,
            jsonwebtoken::Algorithm::ES256,
        ),
        (
            KeySpec::Rsa2048,
            Algorithm::Rs256,
            jsonwebtoken::Algorithm::RS256,
        ),
    ] {
        let kms = connect(moto, &new_key(moto, spec, KeyUsageType::SignVerify).await)
            .await
            .unwrap();
        assert_eq!((kms.algorithm(), kms.key_id()), (algorithm, KID));
        // The last message is longer than the limit of AWS KMS for unhashed messages.
        for length in [0, 1, 10, 100, 1000, 8000] {
            let claims = json!({ "sub": "u", "exp": 4_102_444_800_u64, "x": "é".repeat(length) });
            let token = mint(&kms, &claims).await;
            assert_eq!(verify(&token, &kms.public_jwk(), verifying), claims);
        }
    }
}

#[tokio::test]
async fn the_public_jwk_has_what_is_registered_and_nothing_else() {
    let moto = Moto::shared().await.unwrap();
    for (spec, algorithm, members) in [
        (
            KeySpec::EccNistP256,
            "ES256",
            ["alg", "crv", "key_ops", "kid", "kty", "use", "x", "y"].as_slice(),
        ),
        (
            KeySpec::Rsa3072,
            "RS256",
            &["alg", "e", "key_ops", "kid", "kty", "n", "use"],
        ),
    ] {
        let kms = connect(moto, &new_key(moto, spec, KeyUsageType::SignVerify).await)
            .await
            .unwrap();
        let jwk = kms.public_jwk();
        assert_eq!(kms.public_jwks(), json!({ "keys": [jwk] }));
        let jwk = jwk.as_object().unwrap();
        let mut names: Vec<&str> = jwk.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, members);
        assert_eq!(
            [&jwk["alg"], &jwk["kid"], &jwk["use"]],
            [algorithm, KID, "sig"]
        );
    }
}

#[tokio::test]
async fn keys_that_cannot_sign_tokens_are_refused_with_the_reason() {
    let moto = Moto::shared().await.unwrap();
    for (spec, usage, reason) in [
        (
            KeySpec::Rsa2048,
            KeyUsageType::EncryptDecrypt,
            "has usage ENCRYPT_DECRYPT",
        ),
        (
            KeySpec::Hmac256,
            KeyUsageType::GenerateVerifyMac,
            "has usage GENERATE_VERIFY_MAC",
        ),
        // `moto` does not return the key spec.
        (
            KeySpec::EccSecgP256K1,
            KeyUsageType::SignVerify,
            "has another type",
        ),
        (
            KeySpec::EccNistP384,
            KeyUsageType::SignVerify,
            "has another type",
        ),
    ] {
        let key = new_key(moto, spec, usage).await;
        let error = connect(moto, &key).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "key `{key}` in AWS KMS {reason} and cannot sign tokens; create an asymmetric key with key \
                 spec ECC_NIST_P256 (or RSA_2048 and longer) and key usage SIGN_VERIFY"
            )
        );
    }
}

#[tokio::test]
async fn an_unknown_key_and_an_empty_kid_are_refused() {
    let moto = Moto::shared().await.unwrap();
    for key in ["alias/none", "00000000-0000-0000-0000-000000000000"] {
        let error = connect(moto, key).await.unwrap_err();
        assert!(matches!(error, AwsKmsError::NotFound { .. }), "{error:?}");
        assert!(
            error
                .to_string()
                .contains(&format!("no key `{key}`; check the name"))
        );
    }
    let error = AwsKms::connect(moto.client(), "alias/none", " ")
        .await
        .unwrap_err();
    assert!(matches!(error, AwsKmsError::EmptyKeyId));
}

#[tokio::test]
async fn moving_an_alias_does_not_change_the_key_of_a_connection() {
    let moto = Moto::shared().await.unwrap();
    let (client, alias) = (moto.client(), "alias/moves");
    let one = new_key(moto, KeySpec::EccNistP256, KeyUsageType::SignVerify).await;
    let two = new_key(moto, KeySpec::EccNistP256, KeyUsageType::SignVerify).await;
    let to_one = client.create_alias().alias_name(alias).target_key_id(one);
    to_one.send().await.unwrap();

    let before = connect(moto, alias).await.unwrap();
    let to_two = client.update_alias().alias_name(alias).target_key_id(two);
    to_two.send().await.unwrap();
    let after = connect(moto, alias).await.unwrap();
    assert_ne!(before.public_jwk()["x"], after.public_jwk()["x"]);
    // `sign` verifies each signature with the public key of its connection.
    before.sign(b"one").await.unwrap();
    after.sign(b"two").await.unwrap();
}

#[tokio::test]
async fn a_stopped_server_is_an_error() {
    let moto = Moto::start().await.unwrap();
    let key = new_key(&moto, KeySpec::EccNistP256, KeyUsageType::SignVerify).await;
    let kms = connect(&moto, &key).await.unwrap();
    let url = moto.url().to_owned();
    drop(moto);
    assert!(TcpStream::connect(url.trim_start_matches("http://")).is_err());

    let limit = Duration::from_secs(30);
    let error = tokio::time::timeout(limit, kms.sign(b"x"))
        .await
        .unwrap()
        .unwrap_err();
    let error = error.downcast_ref::<AwsKmsError>().unwrap();
    assert!(matches!(
        error,
        AwsKmsError::Request {
            action: "kms:Sign",
            ..
        }
    ));
    assert!(
        error
            .source()
            .unwrap()
            .to_string()
            .starts_with("dispatch failure: ")
    );

    let connecting = AwsKms::connect(kms_client(&url), "alias/x", KID);
    let error = tokio::time::timeout(limit, connecting)
        .await
        .unwrap()
        .unwrap_err();
    assert!(matches!(
        error,
        AwsKmsError::Request {
            action: "kms:GetPublicKey",
            ..
        }
    ));
}

#[test]
fn the_server_ends_when_its_process_is_killed() {
    let mut process = Command::new(env!("CARGO_BIN_EXE_hold-moto"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let address = BufReader::new(process.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("ready http://").map(str::to_owned))
        .unwrap();
    assert!(TcpStream::connect(&address).is_ok());
    // After SIGKILL no code of the process runs any more.
    process.kill().unwrap();
    process.wait().unwrap();
    let has_ended = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        TcpStream::connect(&address).is_err()
    });
    assert!(has_ended);
}

#[tokio::test]
async fn a_caller_can_time_out_on_a_silent_server() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let connecting = AwsKms::connect(kms_client(&url), "alias/x", KID);
    assert!(
        tokio::time::timeout(Duration::from_millis(300), connecting)
            .await
            .is_err()
    );
}
