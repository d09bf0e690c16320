use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::future::BoxFuture;
use futures_util::stream::Stream;
use serde::de::DeserializeOwned;

use super::column::Column;
use super::keyset_page::{KeysetPage, read_keyset_page};
use super::mistake::Mistake;
use super::order::Order;
use super::query::Query;
use super::verb::{Accept, Verb};
use crate::client::{Async, Mode};
use crate::error::Error;
use crate::transport::Response;

/// How [`Query::fetch_stream`] reads a result page by page: by the values of a key column, or by offsets. See
/// <https://docs.postgrest.org/en/stable/references/api/pagination_count.html>.
///
/// ```no_run
/// use scoped_runtime::Paging;
///
/// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
/// let paging = Paging::by_key("id").page_size(200);
/// let mut notes = alice.from("notes").select("id,body").fetch_stream::<serde_json::Value>(paging);
/// while let Some(note) = notes.next().await {
///     println!("{}", note?["body"]);
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Paging {
    by: PageBy,
    size: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum PageBy {
    Key { column: String, is_descending: bool },
    Range,
}

/// The default of Supabase's `max-rows`.
const DEFAULT_PAGE_SIZE: usize = 1_000;

impl Paging {
    /// Keyset pagination: each page begins after the last value of this column. The column must have neither
    /// duplicates nor nulls, such as a primary key, and must be selected. Rows that are inserted or deleted
    /// in the meantime cause neither repeated nor skipped rows.
    pub fn by_key(column: impl Into<String>) -> Self {
        let column = column.into();
        let is_descending = false;
        Self {
            by: PageBy::Key {
                column,
                is_descending,
            },
            size: DEFAULT_PAGE_SIZE,
        }
    }

    /// Offset pagination: each page skips the rows before it. The query needs an `order` in which no two rows
    /// are equal. Rows that are inserted or deleted in the meantime shift the pages, so that rows may be
    /// repeated or skipped: prefer [`by_key`](Self::by_key).
    pub fn by_range() -> Self {
        Self {
            by: PageBy::Range,
            size: DEFAULT_PAGE_SIZE,
        }
    }

    /// Reads from the greatest key to the smallest. It has no effect on [`by_range`](Self::by_range).
    pub fn descending(mut self) -> Self {
        if let PageBy::Key { is_descending, .. } = &mut self.by {
            *is_descending = true;
        }
        self
    }

    /// Sets the number of rows of a page. The default is 1,000, and the least is 1.
    pub fn page_size(self, rows: usize) -> Self {
        let size = rows.max(1);
        Self { size, ..self }
    }
}

/// The rows of [`Query::fetch_stream`]: a [`Stream`], or an iterator in blocking code. It ends after the last
/// row or the first error.
#[must_use = "nothing is sent before the first row is requested"]
pub struct Rows<T, M: Mode = Async> {
    /// `None` once the last page was read.
    query: Option<Query<M>>,
    paging: Paging,
    /// The rows of the page that were not returned yet.
    page: VecDeque<T>,
    /// The key of the last row read.
    last_key: Option<String>,
    /// How many rows were read.
    read: usize,
    /// The limit of the query, over all pages.
    limit: Option<usize>,
    offset: usize,
    pending: Option<BoxFuture<'static, Result<Response, Error>>>,
}

impl<T: DeserializeOwned, M: Mode> Rows<T, M> {
    pub(crate) fn new(query: Query<M>, paging: Paging) -> Self {
        let (limit, offset) = (query.statement.limit, query.statement.offset);
        let query = match check_paging(&query, &paging) {
            Some(mistake) => query.refuse(mistake),
            None => query,
        };
        Self {
            query: Some(query),
            paging,
            page: VecDeque::new(),
            last_key: None,
            read: 0,
            limit,
            offset: offset.unwrap_or(0),
            pending: None,
        }
    }

    /// The query of the next page; `None` if there is no further page.
    pub(crate) fn next_page(&self) -> Option<Query<M>> {
        let mut query = self.query.clone()?;
        let left = self
            .limit
            .map_or(usize::MAX, |limit| limit.saturating_sub(self.read));
        if left == 0 {
            return None;
        }
        let size = self.paging.size.min(left);
        match &self.paging.by {
            PageBy::Range => {
                query.statement.limit = Some(size);
                query.statement.offset = Some(self.offset + self.read);
            }
            PageBy::Key {
                column,
                is_descending,
            } => {
                query.statement.limit = Some(size);
                let key = Column::exact(column);
                query = query.order(if *is_descending {
                    Order::desc(key)
                } else {
                    Order::asc(key)
                });
                if let Some(last) = &self.last_key {
                    // The last row is requested again, to notice another row with the same key.
                    query.statement.limit = Some(size.saturating_add(1));
                    let key = Column::exact(column);
                    query = if *is_descending {
                        query.lte(key, last)
                    } else {
                        query.gte(key, last)
                    };
                }
            }
        }
        Some(query)
    }

    /// Reads the answer with a page. After an error there is no further page.
    pub(crate) fn take_page(&mut self, outcome: Result<Response, Error>) -> Result<(), Error> {
        let outcome = self.read_page(outcome);
        if outcome.is_err() {
            self.query = None;
        }
        outcome
    }

    fn read_page(&mut self, outcome: Result<Response, Error>) -> Result<(), Error> {
        let response = match outcome {
            // The offset is beyond the last row.
            Err(Error::Api(error)) if error.code() == Some("PGRST103") => {
                self.query = None;
                return Ok(());
            }
            outcome => outcome?,
        };
        self.page = match &self.paging.by {
            PageBy::Range => response.json::<VecDeque<T>>()?,
            PageBy::Key { column, .. } => {
                let KeysetPage { rows, last_key } =
                    read_keyset_page(&response, column, self.last_key.as_deref())?;
                self.last_key = last_key.or(self.last_key.take());
                rows
            }
        };
        self.read += self.page.len();
        // Only an empty page is the end, since the server may return fewer rows than requested.
        if self.page.is_empty() {
            self.query = None;
        }
        Ok(())
    }

    /// The next row of the present page.
    pub(crate) fn next_in_page(&mut self) -> Option<T> {
        self.page.pop_front()
    }
}

fn check_paging<M: Mode>(query: &Query<M>, paging: &Paging) -> Option<Mistake> {
    let statement = &query.statement;
    let refuse = |what, remedy| Some(Mistake::new(what, remedy));
    if statement.verb.is_write() || statement.verb == Verb::Head || statement.accept != Accept::Rows
    {
        return refuse(
            "`fetch_stream` reads a list of rows of a table or a function",
            "leave out the write, `single` or the other format",
        );
    }
    match paging.by {
        PageBy::Range if !statement.is_ordered() => refuse(
            "`Paging::by_range` has no order, so that rows could be repeated or skipped",
            "add `order(..)` by a column without duplicates, or use `Paging::by_key`",
        ),
        PageBy::Key { .. } if statement.is_ordered() || statement.offset.is_some() => refuse(
            "`Paging::by_key` sets the order and the offset itself",
            "leave them out, or use `Paging::by_range`",
        ),
        _ => None,
    }
}

impl<T: DeserializeOwned> Rows<T> {
    /// Returns the next row, or `None` after the last one. A page is requested when it is needed.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<T: DeserializeOwned> Stream for Rows<T> {
    type Item = Result<T, Error>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<T, Error>>> {
        loop {
            if let Some(row) = self.next_in_page() {
                return Poll::Ready(Some(Ok(row)));
            }
            if self.pending.is_none() {
                let Some(query) = self.next_page() else {
                    return Poll::Ready(None);
                };
                self.pending = Some(Box::pin(query.execute()));
            }
            if let Some(pending) = &mut self.pending {
                let outcome = ready!(pending.as_mut().poll(context));
                self.pending = None;
                if let Err(error) = self.take_page(outcome) {
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

// The future is boxed and no field is pinned.
impl<T, M: Mode> Unpin for Rows<T, M> {}

/// Does not show the rows, which may be personal data.
impl<T, M: Mode> fmt::Debug for Rows<T, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("paging", &self.paging)
            .field("read", &self.read)
            .finish_non_exhaustive()
    }
}
