//! The table: one row for each feature, with what the service answered.

use std::fmt::Write as _;
use std::time::Duration;

use scoped_runtime::Error;

use crate::redaction::Redaction;
use crate::say;

/// The longest time that one feature is tried.
const LIMIT: Duration = Duration::from_mins(1);

/// What a feature that does not work did instead.
pub(crate) enum Failure {
    /// The service refused, with its code and message.
    Refused(String),
    /// The project has no such service or function.
    NotThere,
    /// The feature was not tried, and this is why.
    Skipped(String),
    /// The service answered, and not as it should.
    Wrong(String),
}

/// What came of one feature.
pub(crate) type Attempt = Result<(), Failure>;

/// Tries the features of a group, in this order: each is a function from the stack to an [`Attempt`].
macro_rules! try_each {
    ($report:ident, $stack:ident, $group:literal, { $($feature:literal => $attempt:ident,)+ }) => {
        $($report.row($group, $feature, $attempt($stack)).await;)+
    };
}
pub(crate) use try_each;

/// Says what is wrong if the condition is false.
pub(crate) fn expect(is_right: bool, otherwise: &str) -> Attempt {
    if is_right {
        Ok(())
    } else {
        Err(Failure::Wrong(otherwise.to_owned()))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (is_there, code, message) = match &error {
            Error::Api(it) => (
                it.status() != 404 || it.code().is_some(),
                it.code(),
                it.message(),
            ),
            Error::Auth(it) => (
                it.status() != 404 || it.code().is_some(),
                it.code(),
                it.message(),
            ),
            Error::Function(it) => (!it.is_not_found(), it.code(), it.message()),
            Error::Graphql(it) => (!it.is_not_found(), it.code(), it.message()),
            Error::Storage(it) => (
                it.http_status() != 404 || it.code().is_some(),
                it.code(),
                it.message(),
            ),
            Error::Realtime(it) => (it.status() != Some(404), it.code(), it.reason()),
            other => return Self::Refused(other.to_string()),
        };
        match (is_there, code) {
            (false, _) => Self::NotThere,
            (true, Some(code)) => Self::Refused(format!("{code} {message}")),
            (true, None) => Self::Refused(message.to_owned()),
        }
    }
}

struct Row {
    group: &'static str,
    feature: &'static str,
    outcome: Attempt,
}

impl Row {
    fn outcome(&self, redaction: &Redaction) -> String {
        match &self.outcome {
            Ok(()) => "works".to_owned(),
            Err(Failure::Refused(said)) => format!("refused: {}", redaction.apply(said)),
            Err(Failure::NotThere) => "not there (404)".to_owned(),
            Err(Failure::Skipped(why)) => format!("skipped: {}", redaction.apply(why)),
            Err(Failure::Wrong(what)) => format!("WRONG: {}", redaction.apply(what)),
        }
    }
}

/// The rows so far.
pub(crate) struct Report {
    rows: Vec<Row>,
    redaction: Redaction,
}

impl Report {
    pub(crate) fn new(redaction: Redaction) -> Self {
        Self {
            rows: Vec::new(),
            redaction,
        }
    }

    /// Tries a feature, and prints its row.
    pub(crate) async fn row(
        &mut self,
        group: &'static str,
        feature: &'static str,
        attempt: impl Future<Output = Attempt>,
    ) {
        let outcome = tokio::time::timeout(LIMIT, attempt).await;
        let outcome =
            outcome.unwrap_or_else(|_| Err(Failure::Refused(format!("no end within {LIMIT:?}"))));
        let row = Row {
            group,
            feature,
            outcome,
        };
        let answer = row.outcome(&self.redaction);
        say(&format!("{group:<16} {feature:<52} {answer}"));
        self.rows.push(row);
    }

    /// Whether nothing was refused, and nothing answered as it should not.
    pub(crate) fn nothing_failed(&self) -> bool {
        !self
            .rows
            .iter()
            .any(|row| matches!(row.outcome, Err(Failure::Refused(_) | Failure::Wrong(_))))
    }

    /// Whether every feature was tried, and works.
    pub(crate) fn everything_works(&self) -> bool {
        self.rows.iter().all(|row| row.outcome.is_ok())
    }

    /// The table as Markdown, with the hash of the project's host.
    pub(crate) fn to_markdown(&self, project: Option<&str>) -> String {
        let mut text = format!("scoped-runtime {}", env!("CARGO_PKG_VERSION"));
        if let Some(project) = project {
            let _ = write!(text, ", project {project}");
        }
        text.push_str("\n\n| service | feature | answer |\n|---|---|---|\n");
        for row in &self.rows {
            let outcome = row.outcome(&self.redaction).replace('|', "\\|");
            let _ = writeln!(text, "| {} | {} | {outcome} |", row.group, row.feature);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{Attempt, Failure, Report};
    use crate::redaction::Redaction;

    async fn report(outcomes: Vec<Attempt>) -> Report {
        let mut redaction = Redaction::default();
        redaction.hide("abc.supabase.co", "<project>");
        let mut report = Report::new(redaction);
        for outcome in outcomes {
            report.row("group", "feature", async { outcome }).await;
        }
        report
    }

    #[tokio::test]
    async fn a_refusal_and_a_wrong_answer_fail_the_run_and_what_is_not_there_does_not() {
        let failing = [
            Failure::Refused("42501 no".to_owned()),
            Failure::Wrong("a user sees other rows".to_owned()),
        ];
        for failure in failing {
            let report = report(vec![Ok(()), Err(failure)]).await;
            assert!(!report.nothing_failed() && !report.everything_works());
        }
        let absent = vec![
            Err(Failure::NotThere),
            Err(Failure::Skipped("no".to_owned())),
        ];
        let report = report(absent).await;
        assert!(report.nothing_failed() && !report.everything_works());
    }

    #[tokio::test]
    async fn the_table_has_each_answer_without_the_project() {
        let said = Failure::Refused("PGRST301 at https://abc.supabase.co | no".to_owned());
        let report = report(vec![Ok(()), Err(said), Err(Failure::NotThere)]).await;
        let table = report.to_markdown(Some("0a1b2c3d"));
        assert!(table.contains(", project 0a1b2c3d\n"));
        assert!(table.ends_with(
            "| group | feature | works |\n\
             | group | feature | refused: PGRST301 at https://<project> \\| no |\n\
             | group | feature | not there (404) |\n"
        ));
        assert!(!report.to_markdown(None).contains("project 0a"));
    }
}
