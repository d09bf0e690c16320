//! Filter values of the time types of `chrono` and `jiff`, in PostgreSQL's notation: years after 9999 have no
//! sign, and years before year 1 have the suffix `BC`.
//! See <https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-DATETIME-INPUT>.

use super::value::{FilterValue, append};

/// Appends a date. The year is an astronomical year as in ISO 8601, so 0 means 1 BC.
fn append_date(target: &mut String, year: i64, month: u32, day: u32) {
    let shown = if year > 0 { year } else { 1 - year };
    append(target, format_args!("{shown:04}-{month:02}-{day:02}"));
}

/// Appends the suffix `BC` for a year before year 1.
fn append_era(target: &mut String, year: i64) {
    if year <= 0 {
        target.push_str(" BC");
    }
}

#[cfg(feature = "chrono")]
mod with_chrono {
    use super::{FilterValue, append, append_date, append_era};
    use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};

    impl FilterValue for NaiveDate {
        fn append_to(&self, target: &mut String) {
            append_date(target, self.year().into(), self.month(), self.day());
            append_era(target, self.year().into());
        }
    }

    impl FilterValue for NaiveTime {
        fn append_to(&self, target: &mut String) {
            append(target, self);
        }
    }

    impl FilterValue for NaiveDateTime {
        fn append_to(&self, target: &mut String) {
            append_date(target, self.year().into(), self.month(), self.day());
            append(target, format_args!("T{}", self.time()));
            append_era(target, self.year().into());
        }
    }

    impl<Tz: TimeZone> FilterValue for DateTime<Tz> {
        fn append_to(&self, target: &mut String) {
            let utc = self.naive_utc();
            append_date(target, utc.year().into(), utc.month(), utc.day());
            append(target, format_args!("T{}Z", utc.time()));
            append_era(target, utc.year().into());
        }
    }
}

#[cfg(feature = "jiff")]
mod with_jiff {
    use super::{FilterValue, append, append_date, append_era};
    use jiff::civil::{Date, DateTime, Time};
    use jiff::{Timestamp, Zoned, tz::TimeZone};

    fn append_civil_date(target: &mut String, date: Date) {
        let month = date.month().unsigned_abs();
        let day = date.day().unsigned_abs();
        append_date(target, date.year().into(), month.into(), day.into());
    }

    impl FilterValue for Date {
        fn append_to(&self, target: &mut String) {
            append_civil_date(target, *self);
            append_era(target, self.year().into());
        }
    }

    impl FilterValue for Time {
        fn append_to(&self, target: &mut String) {
            append(target, self);
        }
    }

    impl FilterValue for DateTime {
        fn append_to(&self, target: &mut String) {
            append_civil_date(target, self.date());
            append(target, format_args!("T{}", self.time()));
            append_era(target, self.year().into());
        }
    }

    impl FilterValue for Timestamp {
        fn append_to(&self, target: &mut String) {
            let utc = TimeZone::UTC.to_datetime(*self);
            append_civil_date(target, utc.date());
            append(target, format_args!("T{}Z", utc.time()));
            append_era(target, utc.year().into());
        }
    }

    /// The instant in UTC.
    impl FilterValue for Zoned {
        fn append_to(&self, target: &mut String) {
            self.timestamp().append_to(target);
        }
    }
}
