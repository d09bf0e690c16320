//! Attributes above `#[impersonate]`. The compiler expands them first, so that only the source text shows
//! them.

use std::fs;

use proc_macro2::Span;

/// Whether axum's `#[debug_handler]` is above the attribute. It would check the parameters as they are
/// written, including the client, and call the function with all of them.
pub(super) fn is_below_debug_handler() -> bool {
    if !proc_macro::is_available() {
        return false;
    }
    let span = Span::call_site().unwrap();
    let source = span
        .local_file()
        .and_then(|file| fs::read_to_string(file).ok());
    source.is_some_and(|source| stands_above(&source, span.start().line()))
}

/// Whether it is among the attributes and comments directly above this line, counted from 1.
fn stands_above(source: &str, line: usize) -> bool {
    let above: Vec<&str> = source.lines().take(line.saturating_sub(1)).collect();
    let lines = above.into_iter().rev().map(str::trim);
    let mut attributes = lines.take_while(|line| line.starts_with("#[") || line.starts_with("//"));
    attributes.any(|line| {
        let path = line.strip_prefix("#[").map(str::trim_start);
        path.is_some_and(|path| {
            let path = path.split(['(', ']']).next().unwrap_or_default();
            path.rsplit("::")
                .next()
                .is_some_and(|name| name.trim() == "debug_handler")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::stands_above;

    #[test]
    fn only_attributes_directly_above_count() {
        let at_last_line = |source: &str| stands_above(source, source.lines().count());
        for source in [
            "#[axum::debug_handler]\n#[impersonate(user = id)]",
            "#[debug_handler(state = App)]\n/// A handler.\n#[instrument]\n    #[impersonate(user = id)]",
        ] {
            assert!(at_last_line(source), "{source}");
        }
        for source in [
            "#[impersonate(user = id)]",
            "#[axum::debug_handler]\nasync fn other() {}\n#[impersonate(user = id)]",
            "#[axum::debug_handler]\n\n#[impersonate(user = id)]",
            "// #[axum::debug_handler]\n#[impersonate(user = id)]",
            "#[doc = \"debug_handler\"]\n#[impersonate(user = id)]",
        ] {
            assert!(!at_last_line(source), "{source}");
        }
        assert!(!stands_above("", 7));
    }
}
