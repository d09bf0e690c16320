/// The limits of literals that are parsed.
const MAX_DEPTH: usize = 16;
const MAX_LEAVES: usize = 64;

/// The leaves of a JSON object, each with its path. `None` if the text is not an object, or too large.
pub(crate) fn leaves(text: &str) -> Option<Vec<(Vec<String>, String)>> {
    let mut found = Vec::new();
    let mut reader = Reader { text, at: 0 };
    if reader.peek()? != '{' {
        return None;
    }
    reader.object(&mut Vec::new(), &mut found)?;
    (!found.is_empty()).then_some(found)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    /// The next character after blanks.
    fn peek(&mut self) -> Option<char> {
        let rest = self.text.get(self.at..)?;
        self.at += rest.len() - rest.trim_start().len();
        self.text[self.at..].chars().next()
    }

    fn eat(&mut self, wanted: char) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += wanted.len_utf8())
    }

    fn object(
        &mut self,
        keys: &mut Vec<String>,
        found: &mut Vec<(Vec<String>, String)>,
    ) -> Option<()> {
        self.eat('{')?;
        while self.peek()? != '}' {
            let key = self.string()?;
            keys.push(key.trim_matches('"').to_owned());
            self.eat(':')?;
            if keys.len() > MAX_DEPTH || found.len() > MAX_LEAVES {
                return None;
            }
            if self.peek()? == '{' {
                self.object(keys, found)?;
            } else {
                let value = self.value()?;
                found.push((keys.clone(), value));
            }
            keys.pop();
            if self.peek()? == ',' {
                self.at += 1;
            }
        }
        self.eat('}')
    }

    /// Reads a string, with its quotes.
    fn string(&mut self) -> Option<String> {
        self.eat('"')?;
        let start = self.at - 1;
        let mut escaped = false;
        for letter in self.text[self.at..].chars() {
            self.at += letter.len_utf8();
            match letter {
                '"' if !escaped => return Some(self.text[start..self.at].to_owned()),
                '\\' => escaped = !escaped,
                _ => escaped = false,
            }
        }
        None
    }

    /// Reads any value but an object, as it is written.
    fn value(&mut self) -> Option<String> {
        if self.peek()? == '"' {
            return self.string();
        }
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                '"' => {
                    self.string()?;
                    continue;
                }
                '[' | '{' => depth += 1,
                ',' | '}' if depth == 0 => break,
                ']' | '}' => depth = depth.checked_sub(1)?,
                _ => {}
            }
            self.at += self.text[self.at..].chars().next()?.len_utf8();
        }
        Some(self.text[start..self.at].trim_end().to_owned())
    }
}
