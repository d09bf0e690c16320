use std::ops::Bound;

use postgrest::Builder;
use scoped_runtime::{Condition, Is, Order, Query};
use serde_json::json;

use crate::hostile;
use crate::project::Project;
use scoped_tests::Random;

/// The same request as a `Query` and as a native builder.
pub(super) struct Both {
    pub(super) query: Query,
    pub(super) native: Builder,
    /// The methods that were called.
    pub(super) methods: Vec<&'static str>,
    is_change: bool,
    is_insert: bool,
}

/// The number of methods of `postgrest` that are tried: all but `auth`, whose header is replaced, and
/// `order_with_options`, which has a test of its own.
pub(super) const METHODS: usize = 42;

/// Columns without special characters, which the two would have to write differently.
const COLUMNS: [&str; 5] = ["id", "name", "stars", "data->>key", "data->0"];

impl Both {
    pub(super) fn random(random: &Random, project: &Project) -> Self {
        let mut both = Self::start(random, project);
        if both.is_change {
            // Without a filter a change is refused in both notations.
            both = both.also("eq", |query, native| {
                (query.eq("id", 7), native.eq("id", "7"))
            });
        }
        for _ in 0..random.below(6) {
            both = both.filter(random);
        }
        both.rest(random)
    }

    fn start(random: &Random, project: &Project) -> Self {
        let client = &project.client;
        let has_schema = random.percent(30);
        let root = postgrest::Postgrest::new(format!("{}/rest/v1", project.url));
        let (query, native) = if has_schema {
            let client = client.schema("api2");
            (client.from("notes"), client.native("notes"))
        } else {
            (client.from("notes"), client.native("notes"))
        };
        let row = json!({"name": hostile::value(random), "stars": random.number()});
        let text = row.to_string();
        let verb = random.below(9);
        let (method, query, native) = match verb {
            0..=3 => ("from", query, native),
            4 => ("insert", query.insert(&row), native.insert(text)),
            5 => ("upsert", query.upsert(&row), native.upsert(text)),
            6 => ("update", query.update(&row), native.update(text)),
            7 => ("delete", query.delete(), native.delete()),
            _ => {
                let (client, root) = if has_schema {
                    (client.schema("api2").rpc("add", &row), root.schema("api2"))
                } else {
                    (client.rpc("add", &row), root)
                };
                ("rpc", client, root.rpc("add", text))
            }
        };
        let mut methods = vec![method];
        methods.extend(has_schema.then_some("schema"));
        Self {
            query,
            native,
            methods,
            is_change: matches!(verb, 6 | 7),
            is_insert: matches!(verb, 4 | 5),
        }
    }

    fn also(
        mut self,
        method: &'static str,
        call: impl FnOnce(Query, Builder) -> (Query, Builder),
    ) -> Self {
        self.methods.push(method);
        (self.query, self.native) = call(self.query, self.native);
        self
    }

    /// Adds a filter, unless the request is an insert.
    fn filter(self, random: &Random) -> Self {
        if self.is_insert {
            return self;
        }
        let column = random.pick(&COLUMNS);
        // The whole parameter is one value, whichever characters it contains; `postgrest` replaces each `%`
        // of a pattern.
        let value = hostile::value(random);
        let pattern = value.replace('%', "*");
        let configuration = random.pick(&[None, Some("english")]);
        let (low, high) = (random.number(), random.number());
        let open = (Bound::Excluded(low), Bound::Excluded(high));
        let (one, other) = (random.number(), random.number());
        let plain = [one.to_string(), other.to_string()];
        let array = format!("{{{one},{other}}}");
        macro_rules! alike {
            ($method:ident, $value:expr) => {
                self.also(stringify!($method), |query, native| {
                    (
                        query.$method(column, &$value),
                        native.$method(column, &$value),
                    )
                })
            };
            ($ours:ident, $our_value:expr, $native:ident, $native_value:expr) => {
                self.also(stringify!($native), |query, native| {
                    (
                        query.$ours(column, $our_value),
                        native.$native(column, $native_value),
                    )
                })
            };
        }
        macro_rules! search {
            ($method:ident) => {
                self.also(stringify!($method), |query, native| {
                    (
                        query.$method(column, &value, configuration),
                        native.$method(column, &value, configuration),
                    )
                })
            };
        }
        match random.below(25) {
            0 => alike!(eq, value),
            1 => alike!(neq, value),
            2 => alike!(gt, value),
            3 => alike!(gte, value),
            4 => alike!(lt, value),
            5 => alike!(lte, value),
            6 => alike!(like, pattern),
            7 => alike!(ilike, pattern),
            8 => {
                let all = [
                    (Is::Null, "null"),
                    (Is::True, "true"),
                    (Is::False, "false"),
                    (Is::Unknown, "unknown"),
                ];
                let (is, text) = random.pick(&all);
                alike!(is, is, is, text)
            }
            9 => alike!(in_, plain),
            10 => alike!(contains, [one, other], cs, &array),
            11 => alike!(contained_by, [one, other], cd, &array),
            12 => alike!(overlaps, [one, other], ov, &array),
            13 => alike!(range_lt, open, sl, (low, high)),
            14 => alike!(range_gt, open, sr, (low, high)),
            15 => alike!(range_gte, open, nxl, (low, high)),
            16 => alike!(range_lte, open, nxr, (low, high)),
            17 => alike!(range_adjacent, open, adj, (low, high)),
            18 => search!(fts),
            19 => search!(plfts),
            20 => search!(phfts),
            21 => search!(wfts),
            22 => self.also("not", |query, native| {
                (
                    query.not(column, "eq", &value),
                    native.not("eq", column, &value),
                )
            }),
            23 => self.also("or", |query, native| {
                let conditions = [Condition::eq("id", one), !Condition::is_null("name")];
                (
                    query.or(conditions),
                    native.or(format!("id.eq.{one},name.not.is.null")),
                )
            }),
            _ => self.also("and", |query, native| {
                let either =
                    Condition::or([Condition::gt("id", one), Condition::in_("id", [other])]);
                let conditions = [!either, Condition::lte("stars", other)];
                let text = format!("not.or(id.gt.{one},id.in.({other})),stars.lte.{other}");
                (query.and(conditions), native.and(text))
            }),
        }
    }

    /// Adds the methods that shape the response. Each is called once and the limit after the count, because
    /// in `postgrest` a later header replaces an earlier one.
    fn rest(mut self, random: &Random) -> Self {
        if random.percent(30) {
            self = self.also("select", |query, native| {
                (
                    query.select("id,b:name,author(*)"),
                    native.select("id,b:name,author(*)"),
                )
            });
        }
        if random.percent(20) {
            self = self.also("order", |query, native| {
                let query = query.order("id").order(Order::desc("name").nulls_first());
                (query, native.order("id,name.desc.nullsfirst"))
            });
        }
        if random.percent(10) {
            self = self.also("foreign_table_limit", |query, native| {
                (
                    query.embedded_limit("author", 3),
                    native.foreign_table_limit(3, "author"),
                )
            });
        }
        if self.methods[0] == "upsert" && random.percent(50) {
            self = self.also("on_conflict", |query, native| {
                (query.on_conflict("id,name"), native.on_conflict("id,name"))
            });
        }
        if random.percent(20) {
            self = self.also("single", |query, native| (query.single(), native.single()));
        }
        if self.is_insert {
            return self;
        }
        let is_read = self.methods[0] == "from";
        match random.below(6) {
            0 if is_read => self.counted(random),
            1 | 2 => {
                let count = random.between(1, 4);
                self.also("limit", |query, native| {
                    (query.limit(count), native.limit(count))
                })
            }
            3 if !self.is_change => {
                let (low, high) = (random.below(4), random.between(4, 9));
                self.also("range", |query, native| {
                    (query.range(low, high), native.range(low, high))
                })
            }
            _ => self,
        }
    }

    fn counted(self, random: &Random) -> Self {
        let count = random.between(1, 4);
        let both = match random.below(3) {
            0 => self.also("exact_count", |query, native| {
                (query.exact_count(), native.exact_count())
            }),
            1 => self.also("planned_count", |query, native| {
                (query.planned_count(), native.planned_count())
            }),
            _ => self.also("estimated_count", |query, native| {
                (query.estimated_count(), native.estimated_count())
            }),
        };
        both.also("limit", |query, native| {
            (query.limit(count), native.limit(count))
        })
    }
}
