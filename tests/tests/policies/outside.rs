//! `scoped_runtime::policies`: the same findings, as values, outside of the build.
#![allow(clippy::struct_field_names, reason = "named as claims are")]

use scoped_runtime::policies::{
    self, Check, Finding, FindingKind, ObjectKind, PoliciesError, Report, Severity,
};
use scoped_runtime::{ScopedClaims, scoped_claims};

include!("../../policies/findings/tenant.rs");

#[scoped_claims]
struct Other {
    tenant_id: uuid::Uuid,
}

const ERRORS: &str = "../tests/policies/findings/errors";
const WARNINGS: &str = "../tests/policies/findings/warnings";
const SERVER: &str = "server/supabase/migrations";

fn lines<'r>(findings: impl Iterator<Item = &'r Finding>) -> Vec<String> {
    findings
        .map(|finding| format!("{}: {finding}", finding.severity()))
        .collect()
}

#[test]
fn it_finds_what_the_attribute_finds() {
    let errors = policies::check::<Tenant>(ERRORS).unwrap();
    let warnings = policies::check::<Tenant>(WARNINGS).unwrap();
    assert_eq!(warnings.errors().count(), 0, "{warnings}");
    // Beside an error the attribute says no warnings.
    let mut found = lines(errors.errors().chain(&warnings));
    found.sort_unstable();
    let wanted = include_str!("../../policies/findings/findings.txt");
    assert_eq!(found.join("\n"), wanted.trim_end());
    for kind in FindingKind::ALL {
        let of_kind = |finding: &&Finding| finding.kind() == kind;
        let mut all = errors.iter().chain(&warnings);
        assert!(all.any(|finding| of_kind(&finding)), "{kind:?}");
    }
}

#[test]
fn a_finding_says_what_reads_which_claim_and_where() {
    let report = policies::check::<Tenant>(ERRORS).unwrap();
    let finding = report.errors().next().unwrap();
    assert_eq!(finding.severity(), Severity::Error);
    assert_eq!(finding.kind(), FindingKind::Missing);
    assert_eq!(finding.claim(), Some("tenant"));
    let object = finding.object().unwrap();
    assert_eq!(object.kind(), ObjectKind::Policy);
    assert_eq!(
        (object.name(), object.table()),
        ("by mistake", Some("public.documents"))
    );
    assert!(finding.file().unwrap().ends_with("errors/1_tables.sql"));
    assert_eq!((finding.line(), object.line()), (Some(4), 4));
    assert!(object.file().ends_with("errors/1_tables.sql"));

    let unread = report.warnings().find(|finding| finding.object().is_none());
    let unread = unread.unwrap();
    assert_eq!(unread.kind(), FindingKind::Unread);
    assert_eq!(
        (unread.claim(), unread.file(), unread.line()),
        (Some("forgotten"), None, None)
    );
}

#[test]
fn claims_that_the_policies_read_are_clean() {
    let report = policies::check::<Other>(SERVER).unwrap();
    report.assert_clean();
    assert!(report.is_clean());
    assert!(report.to_string().ends_with("errors: 0, warnings: 0"));
}

#[test]
#[should_panic(expected = "reads claim `tenant`, which `Tenant` does not have")]
fn a_report_that_is_not_clean_fails_the_test_with_all_findings() {
    policies::check::<Tenant>(ERRORS).unwrap().assert_clean();
}

fn texts(report: &Report) -> String {
    lines(report.iter()).join("\n")
}

#[test]
fn options_move_findings_as_those_of_the_attribute_do() {
    let run = |check: Check| check.run::<Tenant>().unwrap();
    let notes = run(Check::new([ERRORS]).tables(["notes"]));
    assert_eq!(notes.errors().count(), 1, "{notes}");
    assert!(texts(&notes).contains("`by themselves`"));

    let silent = run(Check::new([ERRORS]).allow(["user_metadata", "tenant"]));
    assert_eq!(silent.errors().count(), 3, "{silent}");

    let soft = run(Check::new([ERRORS]).warn(["missing", "user_metadata.admin"]));
    assert_eq!(soft.errors().count(), 2, "{soft}");
    assert!(texts(&soft).contains("warning: policy `by mistake`"));

    let hard = run(Check::new([WARNINGS]).deny(["unread"]));
    assert_eq!(hard.errors().count(), 1, "{hard}");
    assert!(texts(&hard).starts_with("error: no policy reads claim `forgotten`"));
}

#[test]
fn several_paths_are_one_history_and_a_file_counts_once() {
    let files = ["1_tables.sql", "*.sql"].map(|name| format!("{ERRORS}/{name}"));
    let report = Check::new(files).run::<Tenant>().unwrap();
    assert_eq!(
        texts(&report),
        texts(&policies::check::<Tenant>(ERRORS).unwrap())
    );
    assert!(
        report
            .to_string()
            .ends_with("files: 2, errors: 5, warnings: 1"),
        "{report}"
    );
}

#[test]
fn what_is_not_there_is_an_error_that_says_what_to_do() {
    fn text<C: ScopedClaims>(check: &Check) -> String {
        check.run::<C>().unwrap_err().to_string()
    }
    let remedy = "name a folder, a file or a glob from the package's `Cargo.toml` on";
    assert_eq!(
        text::<Tenant>(&Check::new(["supabase/nowhere"])),
        format!("`supabase/nowhere` cannot be read; {remedy}")
    );
    let error = policies::survey("supabase/nowhere").unwrap_err();
    assert!(
        matches!(error, PoliciesError::Unreadable { .. }),
        "{error:?}"
    );
    assert!(std::error::Error::source(&error).is_some());
    assert_eq!(
        text::<Tenant>(&Check::new(["server/*.sql"])),
        format!("`server/*.sql` has no SQL files; {remedy}")
    );
    let errors = || Check::new([ERRORS]);
    assert_eq!(
        text::<Tenant>(&errors().tables(["document"])),
        "`document` of `tables` is not a table of these files; correct or remove it"
    );
    assert_eq!(
        text::<Tenant>(&errors().deny(["mising"])),
        "`mising` of `deny` is neither a kind of finding nor the path of a claim; correct or remove it"
    );
    assert_eq!(
        text::<Tenant>(&errors().allow(["unread"]).deny(["unread"])),
        "`unread` of `allow` is in another option as well; correct or remove it"
    );
    for entry in ["app_metadata", "app_metadata.seats", "chairs", "unread"] {
        assert!(errors().warn([entry]).run::<Tenant>().is_ok(), "{entry}");
    }
}

#[test]
fn a_survey_has_the_reads_and_the_live_policies() {
    let survey = policies::survey("../tests/policies/findings/errors").unwrap();
    assert_eq!(survey.files().len(), 2);
    let policies: Vec<_> = survey.policies().map(policies::Object::name).collect();
    let wanted = [
        "by tenant",
        "by mistake",
        "by seats",
        "by themselves",
        "seated",
        "planned",
    ];
    assert_eq!(policies, wanted);
    let reads: Vec<_> = survey
        .reads()
        .iter()
        .map(|read| format!("{} {:?} {:?}", read.claim(), read.cast(), read.through()))
        .collect();
    assert!(
        reads.contains(&"app_metadata.seats Some(\"uuid\") None".to_owned()),
        "{reads:?}"
    );
    assert!(
        reads.contains(&"chairs None Some(\"public.seated\")".to_owned()),
        "{reads:?}"
    );
    let read = &survey.reads()[0];
    assert_eq!(
        read.object().to_string(),
        "policy `by tenant` on `public.documents`"
    );
    assert!(read.file().ends_with("errors/1_tables.sql"));
    assert_eq!(read.line(), 3);
}

/// What a client that is narrowed should keep.
#[test]
fn a_survey_says_which_claims_may_be_absent() {
    let survey = policies::survey("../tests/policies/absence").unwrap();
    let open = survey.reads().iter().filter(|read| read.allows_absence());
    let mut claims: Vec<_> = open.map(policies::Read::claim).collect();
    claims.sort_unstable();
    claims.dedup();
    assert_eq!(claims, ["suspended", "tenant_id"]);
}
