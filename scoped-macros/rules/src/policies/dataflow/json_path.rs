//! The members that an SQL/JSON path reads (PostgreSQL's manual, section 9.16.2), as far as it names them.

use super::claim_use::{Extraction, PathStep, Predicate, RawFindingKind};
use super::frame::Frame;
use super::json_access::below;
use super::value::Value;

/// The limit of steps, nested filters and members that are followed.
const MAX: usize = 64;

/// Reports every member that the path reads. The result of the path is not followed.
pub(super) fn by_path(frame: &mut Frame<'_>, value: &Value, path: &Value) -> Value {
    frame.finish(path);
    let literals = path.literals();
    let places = match literals.as_deref() {
        Some([path]) => places(path),
        _ => None,
    };
    for part in &value.parts {
        let Some(places) = &places else {
            if !path.argument {
                frame.remark(part, RawFindingKind::JsonPath(part.path.clone()));
                frame.emit(part, Predicate::JsonPath, false);
            }
            continue;
        };
        for place in places {
            frame.emit(
                &below(part, place, Extraction::Json),
                Predicate::JsonPath,
                false,
            );
        }
    }
    value.clone().derived()
}

/// Every member that the path reads, relative to the value that it is applied to. `None` if the path has
/// parts whose members are only known at run time: `.**`, `.keyvalue()`, or a syntax error.
fn places(path: &str) -> Option<Vec<Vec<PathStep>>> {
    let mut reader = Reader { text: path, at: 0 };
    let mut found = Vec::new();
    // What `@` denotes in each enclosing filter, and the brackets that are open in the filter.
    let mut filters: Vec<(Vec<PathStep>, usize)> = Vec::new();
    let mut last = Vec::new();
    while let Some(letter) = reader.next() {
        match letter {
            '"' => drop(reader.string()?),
            '$' if reader.peek().is_some_and(is_letter) => drop(reader.name()),
            '$' | '@' => {
                let base = match (letter, filters.last()) {
                    ('@', Some((base, _))) => base.clone(),
                    _ => Vec::new(),
                };
                last = reader.steps(base)?;
                found.push(last.clone());
                if found.len() > MAX {
                    return None;
                }
            }
            '?' if filters.len() < MAX => {
                reader.skip_blanks();
                reader.eat('(')?;
                filters.push((last.clone(), 1));
            }
            '?' => return None,
            '(' => {
                if let Some((_, open)) = filters.last_mut() {
                    *open += 1;
                }
            }
            ')' => {
                let Some((_, open)) = filters.last_mut() else {
                    continue;
                };
                *open -= 1;
                if *open == 0
                    && let Some((base, _)) = filters.pop()
                {
                    last = reader.steps(base.clone())?;
                    if last != base {
                        found.push(last.clone());
                    }
                }
            }
            _ => {}
        }
    }
    let whole = !found.is_empty() && filters.is_empty();
    whole.then_some(found)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += letter.len_utf8();
        Some(letter)
    }

    fn eat(&mut self, wanted: char) -> Option<()> {
        (self.next()? == wanted).then_some(())
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.next();
        }
    }

    /// Reads `.member`, `."member"`, `[*]`, `[0]`, and methods such as `.size()`, which end the path.
    fn steps(&mut self, base: Vec<PathStep>) -> Option<Vec<PathStep>> {
        let mut steps = base;
        loop {
            let before = self.at;
            self.skip_blanks();
            match self.peek() {
                Some('.') => {
                    self.next();
                    self.skip_blanks();
                    let key = match self.peek()? {
                        '"' => {
                            self.next();
                            self.string()?
                        }
                        letter if is_letter(letter) => self.name(),
                        _ => return None,
                    };
                    self.skip_blanks();
                    if self.peek() == Some('(') {
                        return (key != "keyvalue").then_some(steps);
                    }
                    steps.push(PathStep::Key(key));
                }
                Some('[') => {
                    while self.next()? != ']' {}
                    steps.push(PathStep::Element);
                }
                _ => {
                    self.at = before;
                    return (steps.len() <= MAX).then_some(steps);
                }
            }
        }
    }

    fn name(&mut self) -> String {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|letter| is_letter(letter) || letter.is_ascii_digit())
        {
            self.next();
        }
        self.text[start..self.at].to_owned()
    }

    /// Reads a string from behind its opening quote.
    fn string(&mut self) -> Option<String> {
        let mut said = String::new();
        loop {
            match self.next()? {
                '"' => return Some(said),
                '\\' => said.push(self.next()?),
                letter => said.push(letter),
            }
        }
    }
}

fn is_letter(letter: char) -> bool {
    letter.is_alphabetic() || letter == '_'
}
