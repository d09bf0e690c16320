//! The literals of both attributes: names of roles, and durations.

use std::time::Duration;

use scoped_rules::{lifetime, role};
use syn::LitStr;

use super::errors::Errors;

/// Reports a role that no token may have.
pub(crate) fn check_role(name: &LitStr, errors: &mut Errors) {
    if let Err(mistake) = role::check(&name.value()) {
        let shown = name.value().escape_debug().to_string();
        errors.at(name, format!("role `{shown}` {mistake}"));
    }
}

/// The seconds of a literal lifetime, or the message about it. `name` is the name of the argument.
pub(crate) fn lifetime(name: &str, written: &str) -> Result<u64, String> {
    let seconds = seconds(written)?;
    match lifetime::check(Duration::from_secs(seconds)) {
        Ok(()) => Ok(seconds),
        Err(mistake) => Err(format!("`{name}` {mistake}")),
    }
}

/// The seconds of a literal such as `90s`, `15m` or `1h30m`, or the message about it.
pub(crate) fn seconds(written: &str) -> Result<u64, String> {
    let wrong =
        |reason: &str, remedy: &str| Err(format!("duration `{written}` {reason}; {remedy}"));
    let mut rest = written;
    let mut total = 0_u64;
    let mut smallest = u64::MAX;
    if rest.is_empty() {
        return wrong("is empty", "write one such as `\"15m\"`");
    }
    while !rest.is_empty() {
        let (number, after) = split(rest, |letter| letter.is_ascii_digit());
        let (unit, after) = split(after, |letter| !letter.is_ascii_digit());
        if number.is_empty() || unit.starts_with(['.', ',']) {
            return wrong(
                "is not made of whole numbers",
                "write one such as `\"1h30m\"`",
            );
        }
        let scale = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "" => {
                return wrong(
                    "has no unit",
                    &format!("add `s`, `m` or `h`, as in `\"{written}s\"`"),
                );
            }
            _ => {
                let unit = unit.escape_debug();
                return wrong(
                    &format!("has the unknown unit `{unit}`"),
                    "use `s`, `m` or `h`",
                );
            }
        };
        if scale >= smallest {
            return wrong(
                "has its units out of order",
                "write each once, as in `\"1h30m15s\"`",
            );
        }
        let part = number
            .parse()
            .ok()
            .and_then(|number: u64| number.checked_mul(scale));
        match part.and_then(|part| total.checked_add(part)) {
            Some(sum) => total = sum,
            None => return wrong("is too long", "its seconds must fit 64 bits"),
        }
        smallest = scale;
        rest = after;
    }
    if total == 0 {
        return wrong("is zero", "write one such as `\"15m\"`");
    }
    Ok(total)
}

/// The leading characters that satisfy the predicate, and the rest.
fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|letter| !belongs(letter)).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn the_units_of_a_duration_are_added() {
        assert_eq!(seconds("90s"), Ok(90));
        assert_eq!(seconds("15m"), Ok(900));
        assert_eq!(seconds("1h"), Ok(3600));
        assert_eq!(seconds("1h30m"), Ok(5400));
        assert_eq!(seconds("1h0m5s"), Ok(3605));
        assert_eq!(seconds("18446744073709551615s"), Ok(u64::MAX));
    }

    #[test]
    fn an_invalid_duration_is_an_error_with_its_cause() {
        for (written, reason) in [
            ("", "is empty"),
            ("0s", "is zero"),
            ("0h0m", "is zero"),
            ("90", "has no unit"),
            ("1h30", "has no unit"),
            ("7d", "unknown unit `d`"),
            ("5 m", "unknown unit ` m`"),
            ("5M", "unknown unit `M`"),
            ("5é", "unknown unit `é`"),
            ("m", "whole numbers"),
            ("-5m", "whole numbers"),
            ("1.5h", "whole numbers"),
            ("30m1h", "out of order"),
            ("1h1h", "out of order"),
            ("18446744073709551616s", "too long"),
            ("18446744073709551615h", "too long"),
            ("18446744073709551615m", "too long"),
        ] {
            let message = seconds(written).unwrap_err();
            assert!(message.contains(reason), "{written}: {message}");
        }
    }
}
