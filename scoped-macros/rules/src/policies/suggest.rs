use super::finding::dotted;
use crate::similar::{distance, limit};

/// The known path that was most likely meant: the same name elsewhere, or one that looks alike.
pub(crate) fn suggest(written: &[String], known: &[Vec<String>]) -> Option<String> {
    let leaf = written.last()?;
    let same_leaf = known.iter().find(|path| path.last() == Some(leaf));
    if let Some(path) = same_leaf {
        return Some(dotted(path));
    }
    let whole = dotted(written);
    // An object that was reached is no answer to what is missing in it.
    let others = known.iter().filter(|path| !written.starts_with(path));
    others
        .filter_map(|path| {
            let name = dotted(path);
            let (mine, other) = match path.split_last() {
                Some((last, parents)) if parents == &written[..written.len() - 1] => (leaf, last),
                _ => (&whole, &name),
            };
            let distance = distance(mine, other);
            // `tenant` for `tenant_id` is no slip of a finger, but the same thing.
            let part = mine.len().min(other.len()) >= 3
                && (mine.starts_with(other.as_str()) || other.starts_with(mine.as_str()));
            (part || distance <= limit(mine)).then_some((!part, distance, name))
        })
        .min()
        .map(|(.., name)| name)
}
