use std::io::SeekFrom;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::super::body::{Body, Kind, open, unreadable};
use crate::error::ClientError;
use crate::transport::{Upload, UploadParts};

/// The content of a resumable upload, read part by part.
pub(super) enum Source {
    Bytes {
        all: Bytes,
        at: usize,
    },
    File {
        file: File,
        length: u64,
    },
    Stream {
        parts: UploadParts,
        length: Option<u64>,
        /// What was taken from the stream and not yet returned.
        rest: Bytes,
        has_ended: bool,
    },
}

impl Source {
    pub(super) async fn open(body: Body) -> Result<Self, ClientError> {
        Ok(match body.0 {
            Kind::Bytes(all) => Self::Bytes { all, at: 0 },
            Kind::File(path) => {
                let (file, length) = open(&path).await?;
                Self::File { file, length }
            }
            Kind::Stream(upload) => {
                let (parts, length) = Upload::into_parts(upload);
                Self::Stream {
                    parts,
                    length,
                    rest: Bytes::new(),
                    has_ended: false,
                }
            }
        })
    }

    /// The length in bytes; `None` for a stream that does not say it.
    pub(super) fn length(&self) -> Option<u64> {
        match self {
            Self::Bytes { all, .. } => Some(all.len() as u64),
            Self::File { length, .. } => Some(*length),
            Self::Stream { length, .. } => *length,
        }
    }

    /// Skips to this offset, from the beginning.
    pub(super) async fn skip_to(&mut self, offset: u64) -> Result<(), ClientError> {
        match self {
            Self::Bytes { all, at } => {
                let offset = usize::try_from(offset).unwrap_or(usize::MAX);
                *at = offset.min(all.len());
            }
            Self::File { file, .. } => {
                file.seek(SeekFrom::Start(offset))
                    .await
                    .map_err(unreadable)?;
            }
            Self::Stream { .. } => {
                let mut left = offset;
                while left > 0 {
                    let step = usize::try_from(left).unwrap_or(SKIP).min(SKIP);
                    let skipped = self.next_part(step).await?.len() as u64;
                    if skipped == 0 {
                        return Err(unreadable("the stream is shorter than what was uploaded"));
                    }
                    left -= skipped;
                }
            }
        }
        Ok(())
    }

    /// The next bytes, at most `max`; fewer only at the end.
    pub(super) async fn next_part(&mut self, max: usize) -> Result<Bytes, ClientError> {
        match self {
            Self::Bytes { all, at } => {
                let end = at.saturating_add(max).min(all.len());
                let part = all.slice(*at..end);
                *at = end;
                Ok(part)
            }
            Self::File { file, .. } => {
                let mut part = BytesMut::with_capacity(max);
                let mut file = file.take(max as u64);
                while part.len() < max {
                    if file.read_buf(&mut part).await.map_err(unreadable)? == 0 {
                        break;
                    }
                }
                Ok(part.freeze())
            }
            Self::Stream {
                parts,
                rest,
                has_ended,
                ..
            } => {
                let mut part = BytesMut::new();
                loop {
                    let step = rest.len().min(max - part.len());
                    if part.is_empty() && step == max {
                        let whole = rest.split_to(step);
                        fill(parts, rest, has_ended).await?;
                        return Ok(whole);
                    }
                    part.extend_from_slice(&rest.split_to(step));
                    // One part of the stream is read ahead, so that its end is known with the last bytes.
                    fill(parts, rest, has_ended).await?;
                    if *has_ended && rest.is_empty() || part.len() == max {
                        return Ok(part.freeze());
                    }
                }
            }
        }
    }

    /// Whether a stream has no further bytes.
    pub(super) fn has_ended(&self) -> bool {
        match self {
            Self::Stream {
                rest, has_ended, ..
            } => *has_ended && rest.is_empty(),
            Self::Bytes { .. } | Self::File { .. } => false,
        }
    }

    /// Whether no byte of a stream is left that was read ahead.
    pub(super) fn is_exhausted(&self) -> bool {
        match self {
            Self::Stream { rest, .. } => rest.is_empty(),
            Self::Bytes { .. } | Self::File { .. } => true,
        }
    }

    /// Whether the source can go back.
    pub(super) fn can_rewind(&self) -> bool {
        !matches!(self, Self::Stream { .. })
    }
}

/// How much of a stream is skipped at once.
const SKIP: usize = 1 << 20;

/// Takes the next bytes of the stream if none are left.
async fn fill(
    parts: &mut UploadParts,
    rest: &mut Bytes,
    has_ended: &mut bool,
) -> Result<(), ClientError> {
    while rest.is_empty() && !*has_ended {
        match parts.next().await {
            Some(part) => *rest = part.map_err(unreadable)?,
            None => *has_ended = true,
        }
    }
    Ok(())
}
