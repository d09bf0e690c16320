use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::future::BoxFuture;
use futures_util::stream::Stream;
use http::Method;
use serde::{Deserialize, Serialize};

use super::Bucket;
use super::list::{ListEntry, SortBy, SortColumn, check_names};
use super::request::{bucket_target, json_request, reading, unexpected};
use crate::client::{Async, Core, Mode, answer};
use crate::error::Error;

/// A page of [`Bucket::list_v2`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ObjectPage {
    /// The objects; their names are whole keys.
    pub objects: Vec<ListEntry>,
    /// The folders, with [`with_folders`](ListV2Request::with_folders); their names end with `/`.
    #[serde(default)]
    pub folders: Vec<ListEntry>,
    /// Whether there is a further page.
    pub has_next: bool,
    /// Where the next page begins.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// A listing of all objects whose keys begin with a text. [`Bucket::list_v2`] starts one.
///
/// The server compares and sorts by bytes. A page has at most 1000 objects, whatever [`page_size`](Self::page_size)
/// says, so read them all with [`pages`](Self::pages).
#[derive(Debug)]
#[must_use = "a listing does nothing until a page is requested"]
pub struct ListV2Request<M: Mode = Async> {
    pub(crate) bucket: Bucket<M>,
    parameters: Parameters,
}

#[derive(Debug, Clone, Serialize)]
struct Parameters {
    prefix: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
    with_delimiter: bool,
    #[serde(rename = "sortBy", skip_serializing_if = "Option::is_none")]
    sort_by: Option<SortBy>,
}

impl<M: Mode> ListV2Request<M> {
    pub(super) fn new(bucket: Bucket<M>, prefix: String) -> Self {
        Self {
            bucket,
            parameters: Parameters {
                prefix,
                limit: None,
                cursor: None,
                with_delimiter: false,
                sort_by: None,
            },
        }
    }

    /// Sets the number of objects of a page; at most 1000, which is the default of the server.
    pub fn page_size(mut self, objects: u32) -> Self {
        self.parameters.limit = Some(objects.clamp(1, 1000));
        self
    }

    /// Begins after an earlier page, by its [`next_cursor`](ObjectPage::next_cursor).
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.parameters.cursor = Some(cursor.into());
        self
    }

    /// Lists only this folder: what is deeper appears as [`folders`](ObjectPage::folders).
    pub fn with_folders(mut self) -> Self {
        self.parameters.with_delimiter = true;
        self
    }

    /// Sorts by this column; by [`SortColumn::Name`] by default.
    pub fn sort_by(mut self, column: SortColumn) -> Self {
        self.sort().column = column;
        self
    }

    /// Sorts from the last to the first.
    pub fn descending(mut self) -> Self {
        self.sort().order = "desc";
        self
    }

    fn sort(&mut self) -> &mut SortBy {
        self.parameters.sort_by.get_or_insert(SortBy::by_name())
    }

    /// Requests one page.
    ///
    /// # Errors
    /// The errors of [`ListRequest::execute`](super::ListRequest::execute).
    pub fn page(self) -> M::Answer<ObjectPage> {
        let core = Arc::clone(self.bucket.core());
        let work = request_page(
            Arc::clone(&core),
            Arc::clone(&self.bucket.name),
            self.parameters,
        );
        answer::<_, M>(&core, work)
    }

    /// Returns all pages, one after the other. Nothing is sent before the first one is requested, and each is requested
    /// with a live token.
    pub fn pages(self) -> Pages<M> {
        Pages {
            request: Some(self),
            pending: None,
            read: 0,
            anchor: None,
        }
    }
}

async fn request_page(
    core: Arc<Core>,
    bucket: Arc<str>,
    parameters: Parameters,
) -> Result<ObjectPage, Error> {
    let target = bucket_target("object/list-v2/", &bucket)?;
    let request = reading(json_request(Method::POST, target, &parameters)?);
    let page: ObjectPage = core.send(&request).await?.json()?;
    check_names(&page.objects)?;
    check_names(&page.folders)?;
    // A page that leads to itself would be read for ever.
    if page.has_next && (page.next_cursor.is_none() || page.next_cursor == parameters.cursor) {
        return Err(unexpected("a listing", "has a next page, and no way to it").into());
    }
    if page.has_next && page.objects.is_empty() && page.folders.is_empty() {
        return Err(unexpected("a listing", "has a next page after one with no object").into());
    }
    Ok(page)
}

/// The pages of [`ListV2Request::pages`]: a [`Stream`], or an iterator in blocking code. They end after the last page or
/// the first error.
#[must_use = "nothing is sent before the first page is requested"]
pub struct Pages<M: Mode = Async> {
    /// `None` once the last page was read.
    request: Option<ListV2Request<M>>,
    pending: Option<BoxFuture<'static, Result<ObjectPage, Error>>>,
    /// The number of pages read.
    read: u64,
    /// The cursor of an earlier page, which no later page may have.
    anchor: Option<String>,
}

impl<M: Mode> Pages<M> {
    /// The work that requests the next page.
    fn begin(&mut self) -> Option<BoxFuture<'static, Result<ObjectPage, Error>>> {
        let request = self.request.as_ref()?;
        Some(Box::pin(request_page(
            Arc::clone(request.bucket.core()),
            Arc::clone(&request.bucket.name),
            request.parameters.clone(),
        )))
    }

    /// Notes where the next page begins. A page that leads back to an earlier one is an error.
    fn advance(&mut self, outcome: Result<ObjectPage, Error>) -> Result<ObjectPage, Error> {
        let Some(mut request) = self.request.take() else {
            return outcome;
        };
        let page = outcome?;
        if page.has_next {
            if page.next_cursor == self.anchor {
                return Err(unexpected("a listing", "leads back to an earlier page").into());
            }
            // Brent's way to find a cycle: the cursor of one earlier page is kept, and replaced ever more rarely.
            self.read += 1;
            if self.read.is_power_of_two() {
                self.anchor.clone_from(&page.next_cursor);
            }
            request.parameters.cursor.clone_from(&page.next_cursor);
            self.request = Some(request);
        }
        Ok(page)
    }
}

impl Pages {
    /// Returns the next page, or `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<ObjectPage, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for Pages {
    type Item = Result<ObjectPage, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.pending.is_none() {
            self.pending = self.begin();
        }
        let Some(pending) = &mut self.pending else {
            return Poll::Ready(None);
        };
        let outcome = ready!(pending.as_mut().poll(context));
        self.pending = None;
        Poll::Ready(Some(self.advance(outcome)))
    }
}

/// With feature `blocking`.
#[cfg(feature = "blocking")]
impl Iterator for Pages<crate::client::Blocking> {
    type Item = Result<ObjectPage, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let work = self.begin()?;
        let core = Arc::clone(self.request.as_ref()?.bucket.core());
        let outcome = core.wait(work);
        Some(self.advance(outcome))
    }
}

// The future is boxed and no field is pinned.
impl<M: Mode> Unpin for Pages<M> {}

/// Does not show the objects.
impl<M: Mode> fmt::Debug for Pages<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}
