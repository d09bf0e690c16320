//! Random claims that are the same for the same seed.

use scoped_runtime::RESERVED;
use serde_json::{Map, Value, json};

/// The generator of the other tests, for claims.
pub(crate) struct Random(scoped_tests::Random);

/// The maximum nesting of a claim.
const DEPTH: usize = 20;

/// Numbers that some parsers get wrong: limits of integers, of JavaScript's integers, and of floats.
fn edge(place: usize) -> Value {
    let edges = [
        json!(i64::MIN),
        json!(i64::MIN + 1),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(u64::MAX - 1),
        json!(i64::MAX as u64 + 1),
        json!(1_u64 << 53),
        json!((1_u64 << 53) + 1),
        json!(-(1_i64 << 53) - 1),
        json!(0),
        json!(-1),
        json!(0.0),
        json!(-0.0),
        json!(1.0),
        json!(0.1),
        json!(1e16),
        json!(-1.5e-7),
        json!(f64::MAX),
        json!(f64::MIN_POSITIVE),
        json!(5e-324),
        json!(123_456_789.012_345_67),
    ];
    edges[place % edges.len()].clone()
}

/// Texts that some parsers get wrong.
const TEXTS: [&str; 18] = [
    "",
    "\"",
    "\\",
    "\\u0000",
    "\\\"\\/\u{8}\u{c}\n\r\t",
    "\u{1}\u{1f}\u{7f}\u{80}\u{9f}",
    "שלום \u{202e}עולם\u{200f}",
    "\u{202b}مرحبا\u{202c} بالعالم",
    "👩\u{200d}👩\u{200d}👧\u{1f3fd}",
    "\u{10ffff}\u{10000}𠜎",
    "e\u{301}\u{e9}\u{2028}\u{2029}",
    "\u{feff}\u{fffd}\u{ffff}",
    "null",
    "</script><!--",
    "__proto__",
    "constructor",
    "0",
    "hasOwnProperty",
];

/// Every kind of claim at once, for one case of each key beside the random ones.
pub(crate) fn every_edge() -> Map<String, Value> {
    let numbers: Vec<Value> = (0..21).map(edge).collect();
    let nested = (0..DEPTH).fold(json!("deepest"), |inner, level| match level % 2 {
        0 => json!([inner]),
        _ => json!({ "": inner }),
    });
    let by_name: Map<String, Value> = TEXTS
        .map(|text| (text.to_owned(), json!(text)))
        .into_iter()
        .collect();
    let many: Map<String, Value> = (0..300).map(|n| (format!("key {n}"), json!(n))).collect();
    let mut claims = Map::new();
    claims.extend(
        TEXTS
            .iter()
            .skip(1)
            .map(|text| ((*text).to_owned(), json!(text))),
    );
    claims.insert("numbers".into(), json!(numbers));
    claims.insert("nested".into(), nested);
    claims.insert("by name".into(), json!(by_name));
    claims.insert("many".into(), json!(many));
    claims.insert("long".into(), json!("שа𠜎\\\"\n".repeat(2000)));
    claims.insert(
        "empty".into(),
        json!(["", [], {}, [[]], [{}], null, true, false]),
    );
    claims
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(scoped_tests::Random::new(seed))
    }

    fn next(&self) -> u64 {
        self.0.next()
    }

    /// Returns a number below the limit.
    pub(crate) fn below(&self, end: usize) -> usize {
        self.0.below(end)
    }

    /// Returns any character but NUL, which the runtime refuses.
    fn letter(&self) -> char {
        let (first, size) = match self.below(8) {
            0 => (0x01, 0x1f),
            1..=3 => (0x20, 0x5f),
            4 => (0x590, 0x170),
            5 => (0x2000, 0x70),
            6 => (0x80, 0xff80),
            _ => (0x1_0000, 0x10_0000),
        };
        let code = first + self.below(size);
        u32::try_from(code)
            .ok()
            .and_then(char::from_u32)
            .unwrap_or('\u{d7ff}')
    }

    pub(crate) fn text(&self) -> String {
        let length = match self.below(40) {
            0 => 2000 + self.below(4000),
            1..=9 => return TEXTS[self.below(TEXTS.len())].to_owned(),
            _ => self.below(24),
        };
        (0..length).map(|_| self.letter()).collect()
    }

    /// Returns a text for names of users, roles and keys: neither blank nor long, without control
    /// characters and directional marks.
    pub(crate) fn name(&self) -> String {
        let length = 1 + self.below(12);
        let letters = (0..length)
            .map(|_| self.letter())
            .filter(|letter| !letter.is_control())
            .filter(|letter| !matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
        format!("x{}x", letters.collect::<String>())
    }

    fn number(&self) -> Value {
        match self.below(4) {
            0 => {
                let place = self.below(100);
                edge(place)
            }
            1 => json!(self.next()),
            2 => json!(self.next().cast_signed() >> self.below(64)),
            _ => {
                let float = f64::from_bits(self.next());
                if float.is_finite() {
                    json!(float)
                } else {
                    json!(0.5)
                }
            }
        }
    }

    fn value(&self, depth: usize) -> Value {
        let (kinds, size) = if depth == 0 { (7, 0) } else { (9, 5) };
        match self.below(kinds) {
            0 => Value::Null,
            1 => json!(self.next() & 1 == 0),
            2 | 3 => self.number(),
            4..=6 => json!(self.text()),
            7 => {
                let length = self.below(size);
                (0..length).map(|_| self.value(depth - 1)).collect()
            }
            _ => {
                let length = self.below(size);
                (0..length)
                    .map(|_| (self.text(), self.value(depth - 1)))
                    .collect()
            }
        }
    }

    /// Returns the claims of one token. Claims that are null are absent from the token.
    pub(crate) fn claims(&self) -> Map<String, Value> {
        let length = match self.below(10) {
            0 => 0,
            1 => 60,
            _ => self.below(8),
        };
        let mut claims: Map<String, Value> = Map::new();
        for _ in 0..length {
            let (name, depth) = (self.text(), self.below(DEPTH + 1));
            let mut value = self.value(depth);
            // Sometimes the value is a deeply nested chain, because a random tree of that depth would be
            // large.
            for _ in 0..self.below(2) * (DEPTH - depth) {
                value = if self.below(2) == 0 {
                    json!([value])
                } else {
                    json!({ self.text(): value })
                };
            }
            claims.insert(name, value);
        }
        claims.retain(|name, _| !name.is_empty() && !RESERVED.contains(&&**name));
        claims
    }
}
