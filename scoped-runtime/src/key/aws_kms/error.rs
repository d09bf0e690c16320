use std::error::Error;
use std::fmt;

use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};

/// A key in AWS KMS cannot be used, or a request to AWS KMS failed.
///
/// The source has the message of AWS KMS or of the connection, without headers, credentials or signatures.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AwsKmsError {
    /// The `key_id` for the tokens is empty.
    #[error(
        "`key_id` is empty; choose the `kid` under which the key will be registered with the project"
    )]
    EmptyKeyId,
    /// The AWS credentials lack a permission on the key.
    #[error(
        "AWS KMS denied {action} on key `{key}`; allow it for these credentials in the key's policy \
         or in an IAM policy"
    )]
    #[non_exhaustive]
    Denied {
        /// The permission that is missing, such as `kms:Sign`.
        action: &'static str,
        /// The key as it was requested.
        key: String,
        /// The message of AWS KMS.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The key does not exist.
    #[error(
        "AWS KMS has no key `{key}`; check the name (`alias/...` for an alias), and the client's \
         region and account"
    )]
    #[non_exhaustive]
    NotFound {
        /// The key as it was requested.
        key: String,
        /// The message of AWS KMS.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The key exists, but is disabled, pending import or pending deletion.
    #[error("key `{key}` in AWS KMS is not enabled; enable it or use another one")]
    #[non_exhaustive]
    Disabled {
        /// The key as it was requested.
        key: String,
        /// The message of AWS KMS.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The key has a type or usage that cannot sign tokens.
    #[error(
        "key `{key}` in AWS KMS {reason} and cannot sign tokens; create an asymmetric key with \
         key spec ECC_NIST_P256 (or RSA_2048 and longer) and key usage SIGN_VERIFY"
    )]
    #[non_exhaustive]
    Unsuitable {
        /// The key as it was requested.
        key: String,
        /// Why the key cannot be used.
        reason: String,
    },
    /// The response is not a valid response of AWS KMS.
    #[error(
        "AWS KMS responded to {action} with {what}; check that the client's endpoint is AWS KMS, and connect \
         again if the key was replaced"
    )]
    #[non_exhaustive]
    Answer {
        /// The permission of the request, such as `kms:Sign`.
        action: &'static str,
        /// What is wrong with the response.
        what: &'static str,
    },
    /// AWS KMS refused the request for another reason, or did not respond.
    #[error(
        "{action} on key `{key}` failed; check the client's credentials, region and network, or try \
         again later"
    )]
    #[non_exhaustive]
    Request {
        /// The permission of the request, such as `kms:Sign`.
        action: &'static str,
        /// The key as it was requested.
        key: String,
        /// The message of AWS KMS, the credentials provider or the connection.
        source: Box<dyn Error + Send + Sync>,
    },
}

/// A request to AWS KMS.
#[derive(Debug, Clone, Copy)]
pub(super) enum Action {
    GetPublicKey,
    Sign,
}

impl Action {
    const fn permission(self) -> &'static str {
        match self {
            Self::GetPublicKey => "kms:GetPublicKey",
            Self::Sign => "kms:Sign",
        }
    }
}

impl AwsKmsError {
    /// The error for a failed request.
    pub(super) fn new<E>(action: Action, key: &str, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let (action, key) = (action.permission(), key.to_owned());
        let source = SdkMessage::new(error).into();
        match error.code() {
            Some("AccessDeniedException") => Self::Denied {
                action,
                key,
                source,
            },
            Some("NotFoundException") => Self::NotFound { key, source },
            Some("DisabledException" | "KMSInvalidStateException") => {
                Self::Disabled { key, source }
            }
            // `GetPublicKey` of a symmetric key, and `Sign` with a key of another usage.
            Some("UnsupportedOperationException" | "InvalidKeyUsageException") => {
                let reason = "is symmetric or has another usage".to_owned();
                Self::Unsuitable { key, reason }
            }
            _ => Self::Request {
                action,
                key,
                source,
            },
        }
    }

    pub(super) const fn answer(action: Action, what: &'static str) -> Self {
        Self::Answer {
            action: action.permission(),
            what,
        }
    }
}

/// The message of an SDK error. The error itself also contains the headers and the body of the response.
struct SdkMessage(String);

impl SdkMessage {
    fn new<E>(error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let Some(code) = error.code() else {
            // Without a response of the service, the chain of sources says what failed.
            let (mut chain, mut source) = (error.to_string(), error.source());
            while let Some(error) = source {
                chain = format!("{chain}: {error}");
                source = error.source();
            }
            return Self(chain);
        };
        // The message for a wrong signature quotes the signed request with its session token.
        let message = error.message().filter(|_| !code.contains("Signature"));
        Self(match message {
            Some(message) if !message.is_empty() => format!("{code}: {message}"),
            _ => code.to_owned(),
        })
    }
}

impl fmt::Display for SdkMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SdkMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for SdkMessage {}
