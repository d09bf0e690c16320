use std::fmt;
use std::path::PathBuf;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{Stream, unfold};
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::error::ClientError;
use crate::transport::Upload;

/// The content of an object that is uploaded: bytes, a file, or a stream.
///
/// ```
/// use scoped_runtime::Upload;
/// use scoped_runtime::storage::Body;
///
/// let text = Body::from("a few words");
/// let bytes = Body::from(vec![0_u8; 1024]);
/// let file = Body::file("reports/q1.pdf"); // opened when it is sent
/// let parts = futures_util::stream::iter([Ok(bytes::Bytes::from_static(b"a part"))]);
/// let stream = Body::from(Upload::new(parts).length(6));
/// ```
#[must_use = "a body does nothing until an upload sends it"]
pub struct Body(pub(super) Kind);

pub(super) enum Kind {
    Bytes(Bytes),
    File(PathBuf),
    Stream(Upload),
}

/// How much of a file or a reader is read at once.
const READ_BYTES: usize = 256 << 10;

impl Body {
    /// The file of this path. It is opened when it is sent, and never in memory as a whole.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self(Kind::File(path.into()))
    }

    /// The rest of a reader. Name its `length` in bytes if it is known: Storage does not check the size limit of a
    /// bucket for a plain upload of unknown length.
    pub fn reader(
        reader: impl AsyncRead + Unpin + Send + 'static,
        length: impl Into<Option<u64>>,
    ) -> Self {
        let upload = Upload::new(read_parts(reader, Bytes::new()));
        Self(Kind::Stream(match length.into() {
            Some(bytes) => upload.length(bytes),
            None => upload,
        }))
    }
}

/// The parts of a reader, after what was read of it before.
pub(super) fn read_parts(
    reader: impl AsyncRead + Unpin + Send + 'static,
    before: Bytes,
) -> impl Stream<Item = Result<Bytes, Box<dyn std::error::Error + Send + Sync>>> + Send + 'static {
    let begin = Some((reader, before, BytesMut::new()));
    unfold(begin, async |state| {
        let (mut reader, mut before, mut buffer) = state?;
        if !before.is_empty() {
            let first = std::mem::take(&mut before);
            return Some((Ok(first), Some((reader, before, buffer))));
        }
        buffer.reserve(READ_BYTES);
        match reader.read_buf(&mut buffer).await {
            Ok(0) => None,
            Ok(_) => Some((Ok(buffer.split().freeze()), Some((reader, before, buffer)))),
            Err(error) => Some((Err(error.into()), None)),
        }
    })
}

/// Opens a file, and returns its length in bytes.
pub(super) async fn open(path: &PathBuf) -> Result<(File, u64), ClientError> {
    let opened = async {
        let mut file = File::open(path).await?;
        file.set_max_buf_size(READ_BYTES);
        let length = file.metadata().await?.len();
        Ok::<_, std::io::Error>((file, length))
    };
    opened.await.map_err(unreadable)
}

/// The error for a body that could not be read.
pub(super) fn unreadable(
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> ClientError {
    ClientError::Upload {
        source: error.into(),
    }
}

impl From<Upload> for Body {
    fn from(upload: Upload) -> Self {
        Self(Kind::Stream(upload))
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Kind::Bytes(bytes))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

/// Shows what kind of body it is, and no content.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Bytes(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Kind::File(_) => f.write_str("Body(a file)"),
            Kind::Stream(_) => f.write_str("Body(a stream)"),
        }
    }
}
