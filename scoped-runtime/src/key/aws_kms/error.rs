use std::error::Error;
use std::fmt;

use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};

/// A key in AWS KMS cannot be used, or AWS KMS could not be asked.
///
/// The source is what AWS KMS or the connection said, without headers, credentials or signatures.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AwsKmsError {
    /// The `kid` of the tokens is empty.
    #[error("`key_id` is empty; choose the `kid` under which the project is to know the key")]
    EmptyKeyId,
    /// The caller may not do this with the key.
    #[error(
        "AWS KMS denied {action} on key `{key}`; allow it for these credentials in the key's policy \
         or in an IAM policy"
    )]
    Denied {
        /// The permission that is missing, such as `kms:Sign`.
        action: &'static str,
        /// The key as it was asked for.
        key: String,
        /// What AWS KMS said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// There is no such key.
    #[error(
        "AWS KMS has no key `{key}`; check the name (`alias/...` for an alias), and the client's \
         region and account"
    )]
    NotFound {
        /// The key as it was asked for.
        key: String,
        /// What AWS KMS said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The key is there but disabled, waiting for its import or its deletion.
    #[error("key `{key}` in AWS KMS is not enabled; enable it or use another one")]
    Disabled {
        /// The key as it was asked for.
        key: String,
        /// What AWS KMS said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The key cannot sign tokens.
    #[error(
        "key `{key}` in AWS KMS {reason} and cannot sign tokens; create an asymmetric key with \
         key spec ECC_NIST_P256 (or RSA_2048 and longer) and key usage SIGN_VERIFY"
    )]
    Unsuitable {
        /// The key as it was asked for.
        key: String,
        /// Why.
        reason: String,
    },
    /// The answer is not what AWS KMS answers.
    #[error(
        "AWS KMS answered {action} with {what}; check that the client's endpoint is AWS KMS, and connect \
         again if the key was replaced"
    )]
    Answer {
        /// The permission of the request, such as `kms:Sign`.
        action: &'static str,
        /// What is wrong with it.
        what: &'static str,
    },
    /// AWS KMS refused the request for another reason, or did not answer.
    #[error(
        "{action} on key `{key}` failed; check the client's credentials, region and network, or try \
         again later"
    )]
    Request {
        /// The permission of the request, such as `kms:Sign`.
        action: &'static str,
        /// The key as it was asked for.
        key: String,
        /// What AWS KMS, the credentials' provider or the connection said.
        source: Box<dyn Error + Send + Sync>,
    },
}

/// What AWS KMS was asked for.
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
    /// What the failed request means for the key.
    pub(super) fn new<E>(action: Action, key: &str, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let (action, key) = (action.permission(), key.to_owned());
        let source = Said::new(error).into();
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
            // `GetPublicKey` of a symmetric key, and `Sign` with a key that is for something else.
            Some("UnsupportedOperationException" | "InvalidKeyUsageException") => {
                let reason = "is symmetric or for another use".to_owned();
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

/// The words of an SDK error. The error itself also holds the answer's headers and body.
struct Said(String);

impl Said {
    fn new<E>(error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let Some(code) = error.code() else {
            // No answer of the service: the whole chain says where it ended.
            let (mut words, mut source) = (error.to_string(), error.source());
            while let Some(error) = source {
                words = format!("{words}: {error}");
                source = error.source();
            }
            return Self(words);
        };
        // About a wrong signature, AWS repeats the request that was signed, with its session token.
        let message = error.message().filter(|_| !code.contains("Signature"));
        Self(match message {
            Some(message) if !message.is_empty() => format!("{code}: {message}"),
            _ => code.to_owned(),
        })
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for Said {}
