//! No text makes the engine panic or hang.

use std::path::PathBuf;
use std::sync::Mutex;
use std::thread;

use scoped_rules::policies::{CompareOptions, Project, TokenClaims, compare};
use scoped_tests::Random;

fn run(text: String) {
    let project = Project::read(&[(PathBuf::from("x.sql"), text)]);
    let target = TokenClaims {
        name: "T",
        claims: &[],
        set_by_runtime: &[],
    };
    compare(&project, &target, &CompareOptions::default());
    for object in &project.objects {
        let _ = object.kind.to_string();
    }
}

fn texts() -> Vec<String> {
    let cases = crate::common::cases();
    cases
        .into_iter()
        .flat_map(|case| case.history)
        .map(|(_, text)| text)
        .collect()
}

/// Runs `work` for each item, on as many threads as the machine has cores. For the tests that take longest.
fn in_parallel<T: Send>(items: Vec<T>, work: impl Fn(T) + Sync) {
    let items = Mutex::new(items.into_iter());
    let next = || items.lock().unwrap().next();
    let threads = thread::available_parallelism().unwrap().get();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(item) = next() {
                    work(item);
                }
            });
        }
    });
}

#[test]
fn a_text_cut_anywhere_is_read() {
    in_parallel(texts(), |text| {
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            run(text[..end].to_owned());
        }
    });
}

#[test]
fn a_text_with_wrong_bytes_is_read() {
    let random = Random::new(0x5eed_cafe);
    for text in texts() {
        for _ in 0..60 {
            let mut bytes = text.clone().into_bytes();
            for _ in 0..=random.below(6) {
                let at = random.below(bytes.len());
                let odd = b"'\"$();,.:[]\\-/*%|?<>=@#{}\n\0E\xc3 ";
                match random.below(4) {
                    0 => bytes[at] = u8::try_from(random.below(256)).unwrap(),
                    1 => bytes[at] = odd[random.below(odd.len())],
                    2 => drop(bytes.remove(at)),
                    _ => {
                        let from = random.below(bytes.len());
                        let piece = bytes[from..bytes.len().min(from + 40)].to_vec();
                        bytes.splice(at..at, piece);
                    }
                }
            }
            run(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
}

#[test]
fn tokens_in_any_order_are_read() {
    let random = Random::new(0xfeed_beef);
    let all = texts().join("\n");
    let words: Vec<&str> = all.split_inclusive([' ', '(', ')', ',']).collect();
    for _ in 0..1500 {
        let text = (0..40).map(|_| words[random.below(words.len())]).collect();
        run(text);
    }
}

#[test]
fn deep_and_long_texts_are_read_in_linear_time() {
    let n = 20_000;
    let units = [
        "(",
        "[",
        "((select ",
        "coalesce(auth.jwt(), ",
        "/*",
        "auth.jwt() -> ",
        "'a' || ",
        "format(",
        "do $$ begin execute '",
        "select * from (",
        "auth.jwt() -> 'a',",
        "v := auth.jwt();",
        "case when ",
        "create policy p on t using (",
        "auth.jwt() = any (",
        "begin atomic ",
        "f(auth.jwt(),",
        "{\"a\":",
        "? (@.a ",
        ".a",
    ];
    in_parallel(units.to_vec(), |unit| {
        run(format!("create policy p on t using ({}", unit.repeat(n)));
        let body = unit.repeat(n);
        run(format!(
            "create function f() returns text language plpgsql as $a$ begin {body} end $a$;"
        ));
        run(format!(
            "create function f() returns text language sql as $a$ select {body} $a$;"
        ));
        run(format!(
            "create policy p on t using (auth.jwt() @? '$.a {body}');"
        ));
        run(format!("do $a$ begin execute {body} ; end $a$;"));
        run(body);
    });
}
