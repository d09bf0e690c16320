//! Files that hold both ways: what is applied, and what undoes it.

/// Blanks out what stands behind `-- migrate:down`, `-- +goose Down` and `-- +migrate Down`: tools that know
/// these lines do not apply it.
pub(crate) fn applied(text: &str) -> String {
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
    applied
}

enum Direction {
    Up,
    Down,
}

/// Whether a comment that begins here may name a direction.
pub(crate) fn is_marker(comment: &[u8]) -> bool {
    let text = comment.get(2..).unwrap_or_default().trim_ascii_start();
    let names = [&b"migrate:"[..], b"+goose", b"+migrate"];
    names.iter().any(|name| text.starts_with(name))
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
