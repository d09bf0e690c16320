use super::request::push_query;
use crate::error::ClientError;

/// How an image is made smaller or larger while it is served. Available on Supabase's paid plans; see
/// <https://supabase.com/docs/guides/storage/serving/image-transformations>.
///
/// ```
/// use scoped_runtime::storage::{Resize, Transform};
///
/// let thumbnail = Transform::new().width(200).height(200).resize(Resize::Contain).quality(60);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use]
pub struct Transform {
    width: Option<u32>,
    height: Option<u32>,
    resize: Option<Resize>,
    quality: Option<u8>,
    keeps_format: bool,
}

/// How an image is fitted to a width and a height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resize {
    /// Keeps the proportions and fills the size, and cuts what does not fit. The default of the server.
    Cover,
    /// Keeps the proportions, and fits the image into the size.
    Contain,
    /// Stretches the image to the size.
    Fill,
}

impl Transform {
    /// A transformation that changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The width in pixels, from 1 to 2500.
    pub fn width(mut self, pixels: u32) -> Self {
        self.width = Some(pixels);
        self
    }

    /// The height in pixels, from 1 to 2500.
    pub fn height(mut self, pixels: u32) -> Self {
        self.height = Some(pixels);
        self
    }

    /// How the image is fitted.
    pub fn resize(mut self, resize: Resize) -> Self {
        self.resize = Some(resize);
        self
    }

    /// The quality in percent, from 20 to 100.
    pub fn quality(mut self, percent: u8) -> Self {
        self.quality = Some(percent);
        self
    }

    /// Keeps the format of the image. Without this, the server may answer with WebP or AVIF.
    pub fn keep_format(mut self) -> Self {
        self.keeps_format = true;
        self
    }

    fn resize_name(self) -> Option<&'static str> {
        self.resize.map(|resize| match resize {
            Resize::Cover => "cover",
            Resize::Contain => "contain",
            Resize::Fill => "fill",
        })
    }

    pub(super) fn check(self) -> Result<(), ClientError> {
        let is_size = |pixels: Option<u32>| pixels.is_none_or(|pixels| matches!(pixels, 1..=2500));
        let is_quality = self
            .quality
            .is_none_or(|percent| matches!(percent, 20..=100));
        if is_size(self.width) && is_size(self.height) && is_quality {
            return Ok(());
        }
        Err(ClientError::InvalidQuery {
            what: "`transform` has a size or a quality that Storage does not offer".to_owned(),
            remedy: "use 1 to 2500 pixels, and a quality of 20 to 100",
        })
    }

    /// Appends the parameters of a URL.
    pub(super) fn push_to(self, target: &mut String) {
        for (name, number) in [
            ("width", self.width),
            ("height", self.height),
            ("quality", self.quality.map(u32::from)),
        ] {
            if let Some(number) = number {
                push_query(target, name, &number.to_string());
            }
        }
        if let Some(resize) = self.resize_name() {
            push_query(target, "resize", resize);
        }
        if self.keeps_format {
            push_query(target, "format", "origin");
        }
    }

    /// The `transform` of the body of a request for a signed URL.
    pub(super) fn to_json(self) -> serde_json::Value {
        let mut members = serde_json::Map::new();
        for (name, value) in [
            ("width", self.width.map(Into::into)),
            ("height", self.height.map(Into::into)),
            ("quality", self.quality.map(Into::into)),
            ("resize", self.resize_name().map(Into::into)),
            ("format", self.keeps_format.then(|| "origin".into())),
        ] {
            if let Some(value) = value {
                members.insert(name.to_owned(), value);
            }
        }
        members.into()
    }
}
