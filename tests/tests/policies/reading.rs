//! Which files are read, which parts of them, and what is said of the others.
#![allow(
    clippy::disallowed_methods,
    reason = "real time is what is measured at the end"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use scoped_runtime::policies::{Check, FindingKind, Report, survey};
use scoped_runtime::scoped_claims;

use scoped_rules::policies::Project;

#[scoped_claims]
struct Tenant {
    x: String,
}

/// A folder of files that goes with the value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &[u8])]) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("reading-{name}"));
        let _ = fs::remove_dir_all(&folder);
        for (file, bytes) in files {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn report(&self, name: &str) -> Report {
        Check::new([self.path(name)]).run::<Tenant>().unwrap()
    }

    fn policies(&self, name: &str) -> Vec<String> {
        let survey = survey(self.path(name)).unwrap();
        survey
            .policies()
            .map(|policy| policy.name().to_owned())
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The names of the files that were left out, and why.
fn skipped(report: &Report) -> Vec<String> {
    let of_kind = report
        .warnings()
        .filter(|finding| finding.kind() == FindingKind::Skipped);
    let texts = of_kind.map(|finding| {
        let text = finding.to_string();
        let (_, rest) = text.split_once("reading-").unwrap();
        rest.split_once('/').unwrap().1.to_owned()
    });
    texts.collect()
}

const POLICY: &[u8] = b"create policy p on t using (title = (select auth.jwt() ->> 'x'));";
const OTHER: &[u8] = b"create policy q on t using (title = (select auth.jwt() ->> 'gone'));";

#[test]
fn files_that_the_supabase_cli_does_not_apply_are_named_and_not_read() {
    let folder = Folder::new(
        "names",
        &[
            ("migrations/20240101000000_first.sql", POLICY),
            ("migrations/ROLLBACK_a.sql", OTHER),
            ("migrations/077a_x.sql", OTHER),
            ("migrations/fix_later.sql", OTHER),
            ("migrations/OLD.SQL", OTHER),
            ("migrations/notes.md", OTHER),
            ("migrations/old/1_first.sql", OTHER),
            ("migrations/2_folder.sql/readme", b""),
        ],
    );
    let report = folder.report("migrations");
    assert_eq!(report.errors().count(), 0, "{report}");
    let why = "` is not read, since its name does not begin with a number and `_`, so that the Supabase CLI \
               does not apply it";
    assert_eq!(
        skipped(&report),
        [
            format!("migrations/077a_x.sql{why}"),
            "migrations/2_folder.sql` is a folder".to_owned(),
            "migrations/OLD.SQL` is not read, since only names that end with `.sql` are applied"
                .to_owned(),
            format!("migrations/ROLLBACK_a.sql{why}"),
            format!("migrations/fix_later.sql{why}"),
            "migrations/old` is a subfolder with SQL files, which is not read; name it as well"
                .to_owned(),
        ]
    );
    assert_eq!(folder.policies("migrations"), ["p"]);
    let denied = Check::new([folder.path("migrations")]).deny(["skipped"]);
    assert_eq!(denied.run::<Tenant>().unwrap().errors().count(), 6);
}

#[test]
fn a_folder_without_numbers_is_read_whole() {
    let folder = Folder::new(
        "schemas",
        &[("s/a.sql", POLICY), ("s/b.sql", b""), ("s/c/d.sql", OTHER)],
    );
    assert_eq!(folder.policies("s"), ["p"]);
    let report = folder.report("s");
    assert_eq!(
        skipped(&report),
        ["s/c` is a subfolder with SQL files, which is not read; name it as well"]
    );
    // Once it is named, nothing is left out.
    let both = [folder.path("s"), folder.path("s/c")];
    let report = Check::new(both).run::<Tenant>().unwrap();
    assert_eq!(report.errors().count(), 1, "{report}");
}

#[test]
fn what_undoes_a_migration_is_not_read() {
    let folder = Folder::new(
        "updown",
        &[
            ("m/1_a.up.sql", POLICY),
            ("m/1_a.down.sql", b"drop policy p on t;"),
        ],
    );
    assert_eq!(folder.policies("m"), ["p"]);
    let report = folder.report("m");
    assert_eq!(
        skipped(&report),
        ["m/1_a.down.sql` is not read, since it undoes `1_a.up.sql`"]
    );
    let both = b"-- migrate:up
create policy a on t using (title = (select auth.jwt() ->> 'x'));
-- migrate:down
drop policy a on t;
";
    let goose = b"-- +goose Up
-- +goose StatementBegin
create policy b on t using (title = (select auth.jwt() ->> 'x'));
-- +goose StatementEnd
-- +goose Down
drop policy b on t;
create policy never on t using (title = (select auth.jwt() ->> 'never'));
-- +goose Up
create policy c on t using (true);
";
    let folder = Folder::new(
        "markers",
        &[("m/1_dbmate.sql", both), ("m/2_goose.sql", goose)],
    );
    assert_eq!(folder.policies("m"), ["a", "b", "c"]);
    let survey = survey(folder.path("m")).unwrap();
    let lines: Vec<usize> = survey
        .reads()
        .iter()
        .map(scoped_runtime::policies::Read::line)
        .collect();
    assert_eq!(lines, [2, 3]);
}

#[test]
fn what_is_not_utf_8_is_named() {
    let utf16: Vec<u8> = b"\xff\xfe"
        .iter()
        .copied()
        .chain(POLICY.iter().flat_map(|byte| [*byte, 0]))
        .collect();
    let latin: &[u8] =
        b"-- caf\xe9\ncreate policy l on t using (title = (select auth.jwt() ->> 'x'));";
    let bare: Vec<u8> = POLICY.iter().flat_map(|byte| [*byte, 0]).collect();
    let marked = [b"\xef\xbb\xbf", POLICY].concat();
    let folder = Folder::new(
        "encodings",
        &[
            ("m/1_utf16.sql", &utf16),
            ("m/2_latin.sql", latin),
            ("m/3_bare.sql", &bare),
            ("m/4_marked.sql", &marked),
        ],
    );
    let report = folder.report("m");
    assert_eq!(
        skipped(&report),
        [
            "m/1_utf16.sql` is UTF-16, not UTF-8",
            "m/2_latin.sql` is not UTF-8",
            "m/3_bare.sql` has NUL bytes, so it is not UTF-8",
        ]
    );
    // The rest of a file with a wrong byte is read, and the mark of UTF-8 is no part of the SQL.
    assert_eq!(folder.policies("m"), ["l", "p"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_nowhere_is_named() {
    let folder = Folder::new("links", &[("m/1_a.sql", POLICY)]);
    std::os::unix::fs::symlink("nowhere.sql", folder.path("m/2_gone.sql")).unwrap();
    let report = folder.report("m");
    assert_eq!(
        skipped(&report),
        ["m/2_gone.sql` cannot be opened (entity not found)"]
    );
}

#[test]
fn of_one_policy_in_two_folders_the_later_text_counts() {
    let folder = Folder::new(
        "folders",
        &[
            (
                "a/1_a.sql",
                b"create policy p on t using (title = (select auth.jwt() ->> 'old'));",
            ),
            ("b/1_b.sql", POLICY),
        ],
    );
    let both = [folder.path("a"), folder.path("b")];
    let report = Check::new(both).run::<Tenant>().unwrap();
    report.assert_clean();
}

#[test]
fn tags_that_never_close_take_linear_time() {
    let tags = |count: usize| -> Duration {
        let tags: Vec<String> = (0..count).map(|index| format!("$t{index}$")).collect();
        let text = tags.concat();
        let start = Instant::now();
        let project = Project::read(&[(PathBuf::from("x.sql"), text)]);
        assert!(project.objects.is_empty());
        start.elapsed()
    };
    // 1.4 MB; the square of this would be hours.
    assert!(tags(200_000) < Duration::from_secs(30));
    let comments = "/* x\n".repeat(100_000);
    let copies = "copy t from stdin;\n".repeat(50_000);
    for text in [comments, copies] {
        let start = Instant::now();
        Project::read(&[(PathBuf::from("x.sql"), text)]);
        assert!(start.elapsed() < Duration::from_secs(30));
    }
}
