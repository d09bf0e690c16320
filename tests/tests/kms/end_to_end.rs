//! A key in KMS signs for a user, and Row Level Security of the local server decides which rows the user
//! sees.

use aws_sdk_kms::types::{KeySpec, KeyUsageType};
use scoped_runtime::{AwsKms, KeyCheck, ScopedClients, TokenError};
use scoped_tests::Moto;
use serde_json::{Value, json};

const ALICE: &str = "0b5e6c1e-5a43-4a77-9f26-0a4f0a0d3f11";
const BOB: &str = "0b5e6c1e-5a43-4a77-9f26-0a4f0a0d3f12";

#[tokio::test]
async fn a_user_reads_and_writes_own_rows_with_a_token_that_kms_signed() {
    let moto = Moto::shared().await.unwrap();
    let key = moto
        .client()
        .create_key()
        .key_spec(KeySpec::EccNistP256)
        .key_usage(KeyUsageType::SignVerify)
        .send()
        .await
        .unwrap();
    let key = key.key_metadata.unwrap().key_id;
    let kms = AwsKms::connect(moto.client(), key, "kms-2026")
        .await
        .unwrap();

    let server = scoped_tests::shared().await.unwrap();
    let gateway = server.gateway().await.unwrap();
    gateway.trust(&[kms.public_jwk()]).await.unwrap();
    let config = gateway.config_builder().signer(kms).build().unwrap();
    let clients = ScopedClients::new(config).unwrap();
    assert_eq!(clients.check_keys().await.unwrap(), KeyCheck::Listed);

    let (alice, bob) = (clients.get(ALICE).unwrap(), clients.get(BOB).unwrap());
    let early = alice.token().unwrap_err();
    assert!(matches!(
        early,
        scoped_runtime::Error::Token(TokenError::AwaitSigner)
    ));
    let note = alice
        .from("notes")
        .insert(json!({"body": "signed elsewhere"}));
    let note: Value = note.fetch_one().await.unwrap();
    assert_eq!(note["owner"], ALICE);
    let notes = |client: &scoped_runtime::ScopedClient| client.from("notes").select("owner");
    assert_eq!(
        notes(&alice).fetch::<Value>().await.unwrap(),
        [json!({"owner": ALICE})]
    );
    assert!(notes(&bob).fetch::<Value>().await.unwrap().is_empty());
}
