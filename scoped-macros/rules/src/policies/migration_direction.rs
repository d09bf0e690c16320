//! Files that contain a migration and its reversal, as dbmate, goose and sql-migrate write them.

/// The text with blanks in place of the parts after `-- migrate:down`, `-- +goose Down` and `-- +migrate
/// Down`, because the tools that know these markers do not apply those parts.
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
            // Each character becomes a blank, so that offsets and lines stay the same.
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

/// Whether a comment that begins here may be a marker.
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
