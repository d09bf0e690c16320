use std::collections::HashMap;

/// Where dollar quotes and comments end in a text with an unbalanced quote. The index is built in one pass,
/// because searching the end of each one anew would take quadratic time.
pub(crate) struct DelimiterIndex {
    /// The offsets of each `$tag$`.
    tags: HashMap<Vec<u8>, Vec<usize>>,
    /// The offset behind each comment, by the offset where it begins.
    comments: HashMap<usize, usize>,
}

impl DelimiterIndex {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self {
            tags: tags(bytes),
            comments: comments(bytes),
        }
    }

    /// The first offset of the tag, from `from` on.
    pub(crate) fn tag(&self, tag: &[u8], from: usize) -> Option<usize> {
        let places = self.tags.get(tag)?;
        places
            .get(places.partition_point(|place| *place < from))
            .copied()
    }

    /// The offset behind the comment that begins here, if the comment ends.
    pub(crate) fn comment_end(&self, start: usize) -> Option<usize> {
        self.comments.get(&start).copied()
    }
}

fn tags(bytes: &[u8]) -> HashMap<Vec<u8>, Vec<usize>> {
    let mut found: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
    let mut open: Option<usize> = None;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'$' => {
                if let Some(start) = open {
                    found
                        .entry(bytes[start..=at].to_vec())
                        .or_default()
                        .push(start);
                }
                open = Some(at);
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | 0x80.. => {}
            _ => open = None,
        }
    }
    found
}

fn comments(bytes: &[u8]) -> HashMap<usize, usize> {
    let mut found = HashMap::new();
    let mut open = Vec::new();
    let mut at = 0;
    while at + 1 < bytes.len() {
        match (bytes[at], bytes[at + 1]) {
            (b'/', b'*') => {
                open.push(at);
                at += 2;
            }
            (b'*', b'/') => {
                if let Some(start) = open.pop() {
                    found.insert(start, at + 2);
                }
                at += 2;
            }
            _ => at += 1,
        }
    }
    found
}
