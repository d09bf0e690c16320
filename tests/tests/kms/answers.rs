//! Responses of AWS KMS that `moto` does not give, and the requests that are sent to KMS.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scoped_runtime::testing::{Answer, Recorder};
use scoped_runtime::{AwsKms, AwsKmsError, Signer};
use scoped_tests::kms_client;
use serde_json::{Value, json};

use crate::KID;

/// A server with prepared responses.
struct Script {
    server: Recorder,
    /// The response to each operation.
    answers: Arc<Mutex<HashMap<String, Answer>>>,
    key: EcdsaKeyPair,
}

impl Script {
    /// A P-256 key that can sign.
    async fn new() -> Self {
        let script = Self {
            server: Recorder::start().await.unwrap(),
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            answers: Arc::default(),
        };
        let answers = Arc::clone(&script.answers);
        script.server.answer_with(move |request| {
            let operation = request.header("x-amz-target").unwrap();
            answers.lock().unwrap()[operation].clone()
        });
        let spki = script.key.public_key().as_der().unwrap();
        let answer = json!({
            "KeyId": "arn:aws:kms:us-east-1:111122223333:key/k",
            "KeySpec": "ECC_NIST_P256",
            "KeyUsage": "SIGN_VERIFY",
            "PublicKey": STANDARD.encode(spki.as_ref()),
        });
        script.answer("GetPublicKey", 200, &answer);
        script
    }

    fn answer(&self, operation: &str, status: u16, body: &Value) {
        let operation = format!("TrentService.{operation}");
        let answer = Answer::new(status).json(body);
        self.answers.lock().unwrap().insert(operation, answer);
    }

    async fn connect(&self) -> Result<AwsKms, AwsKmsError> {
        AwsKms::connect(kms_client(&self.server.url()), "alias/k", KID).await
    }

    async fn signs(&self, kms: &AwsKms, signature: &[u8]) -> Result<Vec<u8>, String> {
        let answer = json!({ "Signature": STANDARD.encode(signature) });
        self.answer("Sign", 200, &answer);
        kms.sign(b"input").await.map_err(|error| error.to_string())
    }
}

/// Formats the error with all its sources, as `Display` and `Debug`.
fn everything(error: &dyn Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text} {error} {error:?}");
        source = error.source();
    }
    text
}

#[tokio::test]
async fn only_the_digest_is_sent_and_to_the_key_itself() {
    let script = Script::new().await;
    let kms = script.connect().await.unwrap();
    let signature = script.key.sign(&SystemRandom::new(), b"input").unwrap();
    assert_eq!(
        script.signs(&kms, signature.as_ref()).await.unwrap().len(),
        64
    );

    let sent: Value = script.server.last_request().json();
    let digest = digest::digest(&digest::SHA256, b"input");
    assert_eq!(
        sent,
        json!({
            "KeyId": "arn:aws:kms:us-east-1:111122223333:key/k",
            "Message": STANDARD.encode(digest.as_ref()),
            "MessageType": "DIGEST",
            "SigningAlgorithm": "ECDSA_SHA_256",
        })
    );
}

#[tokio::test]
async fn a_signature_that_does_not_verify_is_never_used() {
    let script = Script::new().await;
    let kms = script.connect().await.unwrap();
    let random = SystemRandom::new();
    let good = script.key.sign(&random, b"input").unwrap();
    let good = good.as_ref();
    let other = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let other = other.sign(&random, b"input").unwrap();
    let of_other_input = script.key.sign(&random, b"another").unwrap();
    let wrong: [&[u8]; 6] = [
        &[],
        b"nonsense",
        &good[..good.len() - 1],
        &[good, &[0]].concat(),
        other.as_ref(),
        of_other_input.as_ref(),
    ];
    for wrong in wrong {
        let error = script.signs(&kms, wrong).await.unwrap_err();
        assert!(
            error
                .starts_with("AWS KMS responded to kms:Sign with no valid signature by this key; "),
            "{error}"
        );
    }
    script.signs(&kms, good).await.unwrap();
}

#[tokio::test]
async fn errors_of_kms_say_what_to_do() {
    for (code, expected) in [
        (
            "AccessDeniedException",
            "AWS KMS denied kms:GetPublicKey on key `alias/k`; allow it for these credentials in the key's \
             policy or in an IAM policy",
        ),
        (
            "NotFoundException",
            "AWS KMS has no key `alias/k`; check the name",
        ),
        (
            "DisabledException",
            "key `alias/k` in AWS KMS is not enabled; enable it or use another one",
        ),
        (
            "KMSInvalidStateException",
            "key `alias/k` in AWS KMS is not enabled",
        ),
        (
            "UnsupportedOperationException",
            "key `alias/k` in AWS KMS is symmetric or has another usage and cannot sign tokens; create",
        ),
        (
            "UnrecognizedClientException",
            "kms:GetPublicKey on key `alias/k` failed; check the client's",
        ),
    ] {
        let script = Script::new().await;
        let answer = json!({ "__type": code, "message": "words of AWS" });
        script.answer("GetPublicKey", 400, &answer);
        let error = script.connect().await.unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error}");
        if let Some(source) = error.source() {
            assert_eq!(source.to_string(), format!("{code}: words of AWS"));
        }
    }
}

#[tokio::test]
async fn the_permission_to_sign_is_named() {
    let script = Script::new().await;
    let kms = script.connect().await.unwrap();
    let answer = json!({ "__type": "AccessDeniedException", "Message": "not authorized" });
    script.answer("Sign", 400, &answer);
    let error = kms.sign(b"x").await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("AWS KMS denied kms:Sign on key `arn:aws:kms:"),
        "{error}"
    );
}

#[tokio::test]
async fn the_key_spec_of_a_wrong_key_is_named() {
    let script = Script::new().await;
    let answer = json!({
        "KeySpec": "ECC_NIST_EDWARDS25519",
        "KeyUsage": "SIGN_VERIFY",
        "PublicKey": STANDARD.encode([0x30, 0x00]),
    });
    script.answer("GetPublicKey", 200, &answer);
    let error = script.connect().await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("has key spec ECC_NIST_EDWARDS25519 and cannot sign"),
        "{error}"
    );

    script.answer("GetPublicKey", 200, &json!({}));
    let error = script.connect().await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("AWS KMS responded to kms:GetPublicKey with no key usage")
    );
}

#[tokio::test]
async fn no_credential_is_in_an_error_or_in_debug() {
    let script = Script::new().await;
    let kms = script.connect().await.unwrap();
    let shown = format!("{kms:?}");
    assert_eq!(
        shown,
        r#"AwsKms { key: "arn:aws:kms:us-east-1:111122223333:key/k", key_id: "kms-2026", algorithm: Es256, .. }"#
    );
    // The response of AWS to a request with a wrong signature.
    let message = "The request signature we calculated does not match the signature you provided. The Canonical \
                   String for this request should have been 'POST x-amz-security-token:s3ss10n'";
    let answer = json!({ "__type": "InvalidSignatureException", "message": message });
    script.answer("Sign", 403, &answer);
    let error = kms.sign(b"x").await.unwrap_err();
    let text = everything(error.as_ref());
    assert!(text.contains("InvalidSignatureException"), "{text}");
    for secret in ["s3ss10n", "test-secret", "AKIDTEST", "uthorization"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn signing_and_connecting_can_move_between_threads() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let script = Script::new().await;
    let kms = is_send(script.connect()).await.unwrap();
    assert!(is_send(kms.sign(b"x")).await.is_err());
}
