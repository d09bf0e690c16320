use std::borrow::Cow;

use super::encode::push_quoted;
use super::mistake::Mistake;

/// The name of a column in a filter, a condition or an order.
///
/// Text converts into a column: `stars` is a column, `author.name` is a column of the embedded table
/// `author`, and `meta->tags->>0` is a path into a JSON column. Each part is quoted if PostgREST requires
/// it, so `meta->>display name` and a column named `limit` work. For a name that contains `.` or `->`, use
/// [`Column::exact`].
///
/// See <https://docs.postgrest.org/en/stable/references/api/tables_views.html#json-columns>.
///
/// ```
/// use scoped_runtime::{Column, Condition};
///
/// let equals_one = |column: Column<'_>| Condition::eq(column, 1).to_string();
/// assert_eq!(equals_one("stars".into()), "stars.eq.1");
/// assert_eq!(equals_one("meta->>display name".into()), r#"meta->>"display name".eq.1"#);
/// assert_eq!(equals_one(Column::exact("a.b")), r#""a.b".eq.1"#);
/// let path = Column::exact("a.b").get("x->y").get_text("0");
/// assert_eq!(equals_one(path), r#""a.b"->"x->y"->>"0".eq.1"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column<'a>(Result<Parts<'a>, Mistake>);

/// The column in PostgREST's notation, with quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    /// The path of embedded tables, `a.b`; empty for a column of the query's own table.
    pub(super) table: Cow<'a, str>,
    /// The name, with the path into its JSON.
    pub(super) field: Cow<'a, str>,
    /// The number of embedded tables in `table`.
    pub(super) depth: usize,
    /// Whether the path into JSON contains an index into an array.
    pub(super) has_index: bool,
}

impl<'a> Column<'a> {
    /// A column of exactly this name. No character in it has a special meaning.
    pub fn exact(name: &str) -> Self {
        Self(check(name).map(|()| Parts {
            field: Cow::Owned(quoted(name)),
            ..Parts::plain("")
        }))
    }

    /// Places the column in an embedded table of exactly this name. Further calls name the tables around it;
    /// the last call names the outermost table.
    #[must_use]
    pub fn of(self, table: &str) -> Self {
        Self(self.0.and_then(|parts| {
            check(table)?;
            let mut path = quoted(table);
            if !parts.table.is_empty() {
                path.push('.');
                path.push_str(&parts.table);
            }
            Ok(Parts {
                table: Cow::Owned(path),
                depth: parts.depth + 1,
                ..parts
            })
        }))
    }

    /// `->`: the member with this name of a JSON object, as JSON.
    #[must_use]
    pub fn get(self, key: &str) -> Self {
        self.member("->", key)
    }

    /// `->>`: the member with this name of a JSON object, as text.
    #[must_use]
    pub fn get_text(self, key: &str) -> Self {
        self.member("->>", key)
    }

    fn member(self, arrow: &str, key: &str) -> Self {
        Self(self.0.and_then(|parts| {
            check(key)?;
            let mut field = parts.field.into_owned();
            field.push_str(arrow);
            push_quoted(&mut field, key);
            let field = Cow::Owned(field);
            Ok(Parts { field, ..parts })
        }))
    }

    pub(super) fn parts(self) -> Result<Parts<'a>, Mistake> {
        self.0
    }
}

impl<'a> Parts<'a> {
    /// A column of the query's own table that needs no quotes.
    fn plain(name: &'a str) -> Self {
        Self {
            table: Cow::Borrowed(""),
            field: Cow::Borrowed(name),
            depth: 0,
            has_index: false,
        }
    }
}

impl<'a> From<&'a str> for Column<'a> {
    fn from(text: &'a str) -> Self {
        if is_plain(text) {
            return Self(Ok(Parts::plain(text)));
        }
        Self(parse(text))
    }
}

impl<'a> From<&'a String> for Column<'a> {
    fn from(text: &'a String) -> Self {
        text.as_str().into()
    }
}

impl From<String> for Column<'_> {
    fn from(text: String) -> Self {
        if is_plain(&text) {
            return Self(Ok(Parts {
                field: Cow::Owned(text),
                ..Parts::plain("")
            }));
        }
        Self(parse(&text))
    }
}

/// Parses `table.column->key->>key`.
fn parse(text: &str) -> Result<Parts<'static>, Mistake> {
    check(text)?;
    if text.contains('"') {
        return Err(Mistake::named(
            "column",
            text,
            "contains quotes",
            "write the name without quotes, which are added where necessary; `Column::exact` takes any characters",
        ));
    }
    let (names, path) = text.split_at(text.find("->").unwrap_or(text.len()));
    let (table, name) = names.rsplit_once('.').unwrap_or(("", names));
    let mut field = part(text, name)?;
    let mut rest = path;
    let mut has_index = false;
    while let Some(tail) = rest.strip_prefix("->") {
        let (arrow, tail) = match tail.strip_prefix('>') {
            Some(tail) => ("->>", tail),
            None => ("->", tail),
        };
        let (key, tail) = tail.split_at(tail.find("->").unwrap_or(tail.len()));
        field.push_str(arrow);
        if is_index(key) {
            has_index = true;
            field.push_str(key);
        } else {
            field.push_str(&part(text, key)?);
        }
        rest = tail;
    }
    let table = names.contains('.').then(|| path_of(text, table));
    Ok(Parts {
        table: Cow::Owned(table.transpose()?.unwrap_or_default()),
        field: Cow::Owned(field),
        depth: names.split('.').count() - 1,
        has_index,
    })
}

/// Parses the path of an embedded table: `author`, or `author.country`.
pub(super) fn table_path(text: &str) -> Result<String, Mistake> {
    check(text)?;
    path_of(text, text)
}

/// Quotes each name of a path.
fn path_of(text: &str, path: &str) -> Result<String, Mistake> {
    let parts: Result<Vec<String>, Mistake> =
        path.split('.').map(|name| part(text, name)).collect();
    Ok(parts?.join("."))
}

/// Quotes one name of the text, which must not be empty.
fn part(text: &str, name: &str) -> Result<String, Mistake> {
    if name.is_empty() {
        return Err(Mistake::named(
            "column",
            text,
            "has an empty part",
            "name each part, or use `Column::exact` for a name that contains `.` or `->`",
        ));
    }
    Ok(quoted(name))
}

/// The name, in quotes if PostgREST requires them.
pub(super) fn quoted(name: &str) -> String {
    if is_plain(name) {
        return name.to_owned();
    }
    let mut text = String::with_capacity(name.len() + 2);
    push_quoted(&mut text, name);
    text
}

/// Whether PostgREST reads the name without quotes in every position.
fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty() && name.bytes().all(plain) && !is_parameter(name)
}

/// Whether PostgREST, or the gateway in front of it, has a parameter of this name. A filter on a column of
/// this name would be silently ignored.
pub(super) fn is_parameter(name: &str) -> bool {
    matches!(
        name,
        "select"
            | "order"
            | "limit"
            | "offset"
            | "columns"
            | "on_conflict"
            | "and"
            | "or"
            | "not"
            | "apikey"
    )
}

/// Whether a key is an index into a JSON array.
fn is_index(key: &str) -> bool {
    let digits = key.strip_prefix('-').unwrap_or(key);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn check(name: &str) -> Result<(), Mistake> {
    if name.is_empty() {
        return Err(Mistake::new("a column's name is empty", "name the column"));
    }
    Mistake::if_nul("column", name).map_or(Ok(()), Err)
}
