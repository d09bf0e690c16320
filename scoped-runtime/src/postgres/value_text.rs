//! The texts of values that arrive in binary, as PostgreSQL writes them into JSON, and the parts of arrays.

use std::fmt::Write as _;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// A timestamp, in microseconds since 2000: `2026-01-31T12:00:00.5+00:00`.
pub(super) fn timestamp(micros: i64, zone: &str) -> String {
    match micros {
        i64::MAX => return "infinity".to_owned(),
        i64::MIN => return "-infinity".to_owned(),
        _ => {}
    }
    let (date, era) = date_in_era(micros.div_euclid(DAY));
    format!("{date}T{}{zone}{era}", time(micros.rem_euclid(DAY)))
}

/// A date, in days since 2000: `2026-01-31`.
pub(super) fn date(days: i32) -> String {
    match days {
        i32::MAX => return "infinity".to_owned(),
        i32::MIN => return "-infinity".to_owned(),
        _ => {}
    }
    let (date, era) = date_in_era(days.into());
    format!("{date}{era}")
}

/// The date and, before the year 1, the era.
fn date_in_era(days_since_2000: i64) -> (String, &'static str) {
    // Days are counted from 1 March 2000, so that the leap day is the last one of a year of 400 in a cycle.
    const CYCLE: i64 = 146_097;
    let days = days_since_2000.saturating_sub(60);
    let (cycle, day) = (days.div_euclid(CYCLE), days.rem_euclid(CYCLE));
    let year_of_cycle = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = 2000 + 400 * cycle + year_of_cycle + i64::from(month <= 2);
    let (year, era) = if year > 0 {
        (year, "")
    } else {
        (1 - year, " BC")
    };
    (format!("{year:04}-{month:02}-{day_of_month:02}"), era)
}

/// A time of day, in microseconds: `12:00:00.5`.
pub(super) fn time(micros: i64) -> String {
    let (seconds, fraction) = (micros / 1_000_000, micros % 1_000_000);
    let mut text = format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    );
    if fraction != 0 {
        let digits = format!("{fraction:06}");
        let _ = write!(text, ".{}", digits.trim_end_matches('0'));
    }
    text
}

/// Bytes as `bytea` writes them: `\x00ff`.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 + bytes.len() * 2);
    text.push_str("\\x");
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The most digits of a `numeric` that are written; a declared precision is at most 1000.
const MAX_DIGITS: u32 = 4000;

/// Whether a `numeric` has more digits than the limit. `1e131071` takes ten bytes in binary, so the limit of an
/// answer does not count its digits.
pub(super) fn is_long_numeric(raw: &[u8]) -> bool {
    let word = |at: usize| -> Option<u16> {
        let bytes = raw.get(at..at + 2)?.try_into();
        bytes.map(u16::from_be_bytes).ok()
    };
    let (Some(weight), Some(scale)) = (word(2), word(6)) else {
        return false;
    };
    let groups = u32::try_from(weight.cast_signed()).unwrap_or(0);
    groups * 4 + u32::from(scale) > MAX_DIGITS
}

/// A number of the type `numeric`: its digits in groups of four, the weight of the first group, the sign, and the
/// number of digits after the point.
pub(super) fn numeric(raw: &[u8]) -> Option<String> {
    let words: Vec<u16> = raw
        .chunks(2)
        .map(|word| word.try_into().map(u16::from_be_bytes))
        .collect::<Result<_, _>>()
        .ok()?;
    let (&[groups, weight, sign, scale], digits) = words.split_first_chunk()?;
    if digits.len() != usize::from(groups) {
        return None;
    }
    let mut text = match sign {
        0x0000 => String::new(),
        0x4000 => "-".to_owned(),
        0xC000 => return Some("NaN".to_owned()),
        0xD000 => return Some("Infinity".to_owned()),
        0xF000 => return Some("-Infinity".to_owned()),
        _ => return None,
    };
    let weight = i32::from(weight.cast_signed());
    let group = |place: i32| {
        let place = usize::try_from(weight - place).ok();
        place
            .and_then(|place| digits.get(place))
            .copied()
            .unwrap_or(0)
    };
    let _ = write!(text, "{}", group(weight.max(0)));
    for place in (0..weight.max(0)).rev() {
        let _ = write!(text, "{:04}", group(place));
    }
    if scale > 0 {
        let mut fraction = String::new();
        let groups = i32::from(scale.div_ceil(4));
        for place in 1..=groups {
            let _ = write!(fraction, "{:04}", group(-place));
        }
        text.push('.');
        text.push_str(fraction.get(..usize::from(scale))?);
    }
    Some(text)
}

/// The elements of an array; `None` for NULL.
type Elements<'a> = Vec<Option<&'a [u8]>>;

/// The number of an array's dimensions, and its elements.
pub(super) fn array(raw: &[u8]) -> Option<(i32, Elements<'_>)> {
    let mut rest = raw;
    let mut number = || take(&mut rest, 4)?.try_into().map(i32::from_be_bytes).ok();
    let dimensions = number()?;
    let (_flags, _element_type) = (number()?, number()?);
    for _ in 0..dimensions {
        let (_size, _lower_bound) = (number()?, number()?);
    }
    let mut elements = Vec::new();
    while !rest.is_empty() {
        let length: [u8; 4] = take(&mut rest, 4)?.try_into().ok()?;
        elements.push(match i32::from_be_bytes(length) {
            -1 => None,
            length => Some(take(&mut rest, usize::try_from(length).ok()?)?),
        });
    }
    Some((dimensions, elements))
}

fn take<'a>(rest: &mut &'a [u8], bytes: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(bytes)?;
    *rest = left;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::{array, date, hex, is_long_numeric, numeric, time, timestamp};

    #[test]
    fn times_are_written_as_postgresql_writes_them_into_json() {
        for (micros, expected) in [
            (0, "2000-01-01T00:00:00+00:00"),
            (1, "2000-01-01T00:00:00.000001+00:00"),
            (500_000, "2000-01-01T00:00:00.5+00:00"),
            (-1, "1999-12-31T23:59:59.999999+00:00"),
            (i64::MAX, "infinity"),
            (i64::MIN, "-infinity"),
        ] {
            assert_eq!(timestamp(micros, "+00:00"), expected);
        }
        for (days, expected) in [
            (0, "2000-01-01"),
            (59, "2000-02-29"),
            (60, "2000-03-01"),
            (36_583, "2100-02-28"),
            (36_584, "2100-03-01"),
            (-730_119, "0001-01-01"),
            (-730_120, "0001-12-31 BC"),
            (2_921_939, "9999-12-31"),
            (i32::MAX, "infinity"),
        ] {
            assert_eq!(date(days), expected, "{days}");
        }
        assert_eq!(time(86_399_999_999), "23:59:59.999999");
    }

    #[test]
    fn numbers_keep_all_their_digits() {
        let words = |words: &[u16]| -> Vec<u8> {
            words.iter().flat_map(|word| word.to_be_bytes()).collect()
        };
        for (raw, expected) in [
            (&[0, 0, 0, 0][..], "0"),
            (&[0, 0, 0, 2], "0.00"),
            (&[1, 0, 0, 0, 42], "42"),
            (&[1, 0, 0x4000, 0, 42], "-42"),
            (&[2, 1, 0, 0, 1, 2], "10002"),
            (&[1, 1, 0, 0, 1], "10000"),
            (&[2, 0, 0, 2, 12, 3400], "12.34"),
            (&[1, 0xFFFF, 0, 4, 5], "0.0005"),
            (&[1, 0xFFFE, 0, 8, 5], "0.00000005"),
            (&[0, 0, 0xC000, 0], "NaN"),
        ] {
            assert_eq!(numeric(&words(raw)).as_deref(), Some(expected));
        }
        assert_eq!(numeric(&words(&[2, 0, 0, 0, 1])), None);
        assert_eq!(numeric(&[0]), None);
        for (raw, expected) in [
            (&[1, 250, 0, 1000, 1][..], false),
            (&[1, 0xFFFF, 0, 4, 5], false),
            (&[1, 0x7FFF, 0, 0, 1], true),
            (&[1, 0, 0, 16_383, 1], true),
            (&[1], false),
        ] {
            assert_eq!(is_long_numeric(&words(raw)), expected, "{raw:?}");
        }
    }

    #[test]
    fn a_cut_array_is_not_read() {
        let whole = [
            0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 7, 8,
        ];
        assert_eq!(array(&whole), Some((1, vec![Some(&[7, 8][..])])));
        assert_eq!(array(&whole[..25]), None);
        assert_eq!(array(&whole[..7]), None);
        assert_eq!(hex(&[0, 255]), "\\x00ff");
    }
}
