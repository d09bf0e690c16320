//! Names and values that could easily change the meaning of a request.

use scoped_tests::Random;

/// Names that PostgREST or a gateway uses for parameters.
pub(crate) const RESERVED: [&str; 10] = [
    "limit",
    "offset",
    "order",
    "select",
    "columns",
    "on_conflict",
    "and",
    "or",
    "not",
    "apikey",
];

const PLAIN: [&str; 7] = ["id", "name", "stars", "owner_id", "a", "B2", "0"];

const ODD: [&str; 24] = [
    "display name",
    " edge ",
    "a-b",
    "x-",
    "-",
    "a>b",
    "नाम",
    "m²",
    "größe",
    "名前",
    "Ⅷ",
    "$cash",
    "*",
    "a,b",
    "f(x)",
    "a:b",
    "a=b&c",
    "50%",
    "%2e",
    "semi;colon",
    "line\nbreak",
    "é#?/",
    "count",
    "eq",
];

/// Names that only `Column::exact` can express, because as text they have a grammar of their own.
const EXACT: [&str; 12] = [
    "a.b",
    "x.limit",
    "a->b",
    "a->>0",
    "quo\"te",
    "back\\slash",
    "\"limit\"",
    ".",
    "a\\",
    "->",
    "\"",
    "not.eq",
];

const LETTERS: [&str; 18] = [
    "a", "1", " ", "\"", "\\", ",", "(", ")", "{", "}", ".", "*", "%", "&", "=", ":", "é", "\n",
];

const VALUES: [&str; 30] = [
    "",
    "a",
    "x y",
    "null",
    "NULL",
    "not_null",
    "true",
    "1",
    "-1.5",
    "eq.1",
    "not.eq.1",
    "(1,2)",
    "{a,b}",
    "{}",
    "\"",
    "\"\"",
    "\\",
    "a\\",
    "a,owner.eq.b",
    "a),or=(b.eq.1",
    "x\"),y\\,z&owner=eq.1",
    "100%",
    "50%_*\\",
    "a+b",
    "2026-01-01T00:00:00+02:00",
    "é名",
    "line\nbreak\t",
    ",",
    ")",
    "[1,3)",
];

/// Returns a name that can be written as text.
pub(crate) fn name(random: &Random) -> String {
    let kind = random.below(10);
    let chosen: &str = match kind {
        0..=4 => random.pick(&PLAIN),
        5..=6 => random.pick(&RESERVED),
        _ => random.pick(&ODD),
    };
    chosen.to_owned()
}

/// Returns a name of arbitrary characters.
pub(crate) fn exact_name(random: &Random) -> String {
    if random.percent(40) {
        return random.pick(&EXACT).to_owned();
    }
    if random.percent(30) {
        return letters(random, 5);
    }
    name(random)
}

/// Returns a value.
pub(crate) fn value(random: &Random) -> String {
    if random.percent(60) {
        random.pick(&VALUES).to_owned()
    } else {
        letters(random, 8)
    }
}

/// Returns a text of characters with a syntactic meaning.
pub(crate) fn letters(random: &Random, most: usize) -> String {
    random.some(most, |random| random.pick(&LETTERS)).concat()
}
