//! Files that hold both ways: what is applied, and what undoes it.

use std::borrow::Cow;

/// Blanks out what stands behind `-- migrate:down`, `-- +goose Down` and `-- +migrate Down`: tools that know
/// these lines do not apply it.
pub(crate) fn applied(text: &str) -> Cow<'_, str> {
    if !has_marker(text) {
        return Cow::Borrowed(text);
    }
    let mut applied = String::with_capacity(text.len());
    let mut down = false;
    for line in text.split_inclusive('\n') {
        match direction(line) {
            Some(Direction::Up) => down = false,
            Some(Direction::Down) => down = true,
            None => {}
        }
        if down {
            // As long as before, so that places stay what they are.
            applied.extend(
                line.bytes()
                    .map(|byte| if byte == b'\n' { '\n' } else { ' ' }),
            );
        } else {
            applied.push_str(line);
        }
    }
    Cow::Owned(applied)
}

enum Direction {
    Up,
    Down,
}

/// A quick look that spares nearly all files the rest.
fn has_marker(text: &str) -> bool {
    text.contains("migrate:down") || text.contains("+goose") || text.contains("+migrate")
}

fn direction(line: &str) -> Option<Direction> {
    let words = line.trim().strip_prefix("--")?.trim_start();
    let mut words = words.split_whitespace();
    let first = words.next()?;
    let direction = match first {
        "migrate:up" => "up",
        "migrate:down" => "down",
        "+goose" | "+migrate" => words.next()?,
        _ => return None,
    };
    match direction.to_ascii_lowercase().as_str() {
        "up" => Some(Direction::Up),
        "down" => Some(Direction::Down),
        _ => None,
    }
}
