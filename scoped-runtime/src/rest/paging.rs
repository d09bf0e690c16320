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

/// How [`Query::fetch_stream`] goes from page to page.
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

/// As many as Supabase gives by default at once.
const PAGE: usize = 1_000;

impl Paging {
    /// Each page begins behind the last value of this column: a column of the table that has no
    /// duplicates and no nulls, such as the primary key, and that `select` names. Rows that are written
    /// or deleted meanwhile neither repeat nor hide others.
    pub fn by_key(column: impl Into<String>) -> Self {
        let column = column.into();
        let is_descending = false;
        Self {
            by: PageBy::Key {
                column,
                is_descending,
            },
            size: PAGE,
        }
    }

    /// Each page skips the rows before it. The query needs an `order` that leaves no two rows equal.
    /// Rows that are written or deleted meanwhile move the pages, so that rows may come twice or not at
    /// all: prefer [`by_key`](Self::by_key) where there is a key.
    pub fn by_range() -> Self {
        Self {
            by: PageBy::Range,
            size: PAGE,
        }
    }

    /// From the greatest key to the smallest.
    pub fn descending(mut self) -> Self {
        if let PageBy::Key { is_descending, .. } = &mut self.by {
            *is_descending = true;
        }
        self
    }

    /// How many rows a page has; 1,000 unless said, and one at least.
    pub fn page_size(self, rows: usize) -> Self {
        let size = rows.max(1);
        Self { size, ..self }
    }
}

/// The rows of [`Query::fetch_stream`]: a [`Stream`], or with the feature `blocking` an iterator. It ends
/// after the first error.
#[must_use = "nothing is read before the first row is asked for"]
pub struct Rows<T, M: Mode = Async> {
    /// Nothing when the last page was read.
    query: Option<Query<M>>,
    paging: Paging,
    /// Rows read and not given yet.
    page: VecDeque<T>,
    /// The key of the last row read.
    last_key: Option<String>,
    /// How many rows have come.
    read: usize,
    /// How many rows are wanted in all.
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

    /// The query of the next page, unless there is none.
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
                    // The row that is known comes again, which shows whether another one has its key.
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

    /// Takes a page in.
    pub(crate) fn take_page(&mut self, outcome: Result<Response, Error>) -> Result<(), Error> {
        let outcome = self.read_page(outcome);
        if outcome.is_err() {
            self.query = None;
        }
        outcome
    }

    fn read_page(&mut self, outcome: Result<Response, Error>) -> Result<(), Error> {
        let response = match outcome {
            // Behind the last row.
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
        // A page that is not full is no end: the server may give fewer rows than it is asked for.
        if self.page.is_empty() {
            self.query = None;
        }
        Ok(())
    }

    /// The next row that is here already.
    pub(crate) fn next_read(&mut self) -> Option<T> {
        self.page.pop_front()
    }
}

fn check_paging<M: Mode>(query: &Query<M>, paging: &Paging) -> Option<Mistake> {
    let statement = &query.statement;
    let refuse = |what, remedy| Some(Mistake::new(what, remedy));
    if statement.verb.is_write() || statement.verb == Verb::Head || statement.accept != Accept::Rows
    {
        return refuse(
            "`fetch_stream` reads the rows of a table or a function, as a list",
            "leave the write, `single` and the like out",
        );
    }
    match paging.by {
        PageBy::Range if !statement.is_ordered() => refuse(
            "pages by ranges have no order, so that rows would come twice or not at all",
            "add `order(..)` by a column without duplicates, or use `Paging::by_key`",
        ),
        PageBy::Key { .. } if statement.is_ordered() || statement.offset.is_some() => refuse(
            "pages by a key have an order or an offset of their own",
            "leave it out, or use `Paging::by_range`",
        ),
        _ => None,
    }
}

impl<T: DeserializeOwned> Rows<T> {
    /// The next row, or nothing behind the last one.
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
            if let Some(row) = self.next_read() {
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

/// Nothing in it is pinned.
impl<T, M: Mode> Unpin for Rows<T, M> {}

/// Rows may be private, so none is shown.
impl<T, M: Mode> fmt::Debug for Rows<T, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("paging", &self.paging)
            .field("read", &self.read)
            .finish_non_exhaustive()
    }
}
