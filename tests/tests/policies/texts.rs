//! The sentences, and where files are found.

use std::fs;
use std::path::PathBuf;

use scoped_rules::ClaimKind;
use scoped_rules::policies::{
    CompareOptions, FindingKind, KnownClaim, Project, Severity, TokenClaims, compare,
};
use scoped_rules::sql_files::files;

fn known(path: &[&str], kind: ClaimKind) -> KnownClaim {
    KnownClaim {
        path: path.iter().map(|key| (*key).to_owned()).collect(),
        kind,
        one_of: None,
    }
}

fn texts(sql: &str, known: &[KnownClaim]) -> Vec<String> {
    let project = Project::read(&[(
        PathBuf::from("supabase/migrations/x.sql"),
        format!("\n{sql}"),
    )]);
    let target = TokenClaims {
        name: "Tenant",
        claims: known,
        set_by_runtime: &["sub", "role"],
    };
    let findings = compare(&project, &target, &CompareOptions::default());
    findings.into_iter().map(|finding| finding.text).collect()
}

#[test]
fn a_missing_claim_says_where_and_what_was_meant() {
    let found = texts(
        "create policy tenant_docs on documents using (t = (select auth.jwt() ->> 'tenant'));\n\
         create policy elsewhere on documents using (t = (select auth.jwt() ->> 'org'));\n\
         create policy slip on documents using (t = (select auth.jwt() -> 'app_metadata' ->> 'orgg'));\n\
         create policy none on documents using (t = (select auth.jwt() ->> 'colour'));",
        &[
            known(&["tenant_id"], ClaimKind::Text),
            known(&["app_metadata", "org"], ClaimKind::Text),
        ],
    );
    assert_eq!(
        found[..4],
        [
            "policy `tenant_docs` on `public.documents` reads claim `tenant`, which `Tenant` does not have; did you mean `tenant_id`? (supabase/migrations/x.sql:2)",
            "policy `elsewhere` on `public.documents` reads claim `org`, which `Tenant` does not have; did you mean `app_metadata.org`? (supabase/migrations/x.sql:3)",
            "policy `slip` on `public.documents` reads claim `app_metadata.orgg`, which `Tenant` does not have; did you mean `app_metadata.org`? (supabase/migrations/x.sql:4)",
            "policy `none` on `public.documents` reads claim `colour`, which `Tenant` does not have (supabase/migrations/x.sql:5)",
        ]
    );
}

#[test]
fn a_wrong_type_says_what_the_claim_is() {
    let found = texts(
        "create policy p on documents using (t = (select (auth.jwt() ->> 'paid')::uuid));\n\
         create policy q on documents using (t = auth.jwt() -> 'user_metadata' ->> 'paid');",
        &[
            known(&["paid"], ClaimKind::Boolean),
            known(&["user_metadata"], ClaimKind::Any),
        ],
    );
    assert_eq!(
        found,
        [
            "policy `p` on `public.documents` reads claim `paid` and casts it to `uuid`, but it is a boolean in `Tenant` (supabase/migrations/x.sql:2)",
            "policy `q` on `public.documents` reads `user_metadata.paid`, which users can edit; use `app_metadata` (supabase/migrations/x.sql:3)",
            "policy `q` on `public.documents` calls `auth.jwt()` for each row; write `(select auth.jwt())` (supabase/migrations/x.sql:3)",
        ]
    );
}

#[test]
fn a_claim_that_nothing_reads_is_a_warning() {
    let project = Project::read(&[]);
    let claims = [known(&["tenant_id"], ClaimKind::Text)];
    let target = TokenClaims {
        name: "Tenant",
        claims: &claims,
        set_by_runtime: &[],
    };
    let found = compare(&project, &target, &CompareOptions::default());
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].kind, found[0].severity),
        (FindingKind::Unread, Severity::Warning)
    );
    let allow = vec!["tenant_id".to_owned()];
    let options = CompareOptions {
        allow,
        ..CompareOptions::default()
    };
    assert!(compare(&project, &target, &options).is_empty());
}

#[test]
fn folders_and_patterns_name_their_files_in_order() {
    let root = std::env::temp_dir().join(format!("policy-files-{}", std::process::id()));
    for name in [
        "db/2.sql",
        "db/1.sql",
        "db/notes.md",
        "db/old/0.up.sql",
        "db/old/0.down.sql",
    ] {
        fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
        fs::write(root.join(name), "").unwrap();
    }
    let found = |pattern: &str| -> Vec<String> {
        let found = files(&root, pattern).unwrap();
        let names = found.iter().map(|path| path.strip_prefix(&root).unwrap());
        names
            .map(|name| name.to_string_lossy().into_owned())
            .collect()
    };
    assert_eq!(found("db"), ["db/1.sql", "db/2.sql"]);
    assert_eq!(found("db/*.md"), ["db/notes.md"]);
    assert_eq!(
        found("db/**/*.sql"),
        [
            "db/1.sql",
            "db/2.sql",
            "db/old/0.down.sql",
            "db/old/0.up.sql"
        ]
    );
    assert_eq!(found("db/?ld/*.up.sql"), ["db/old/0.up.sql"]);
    assert_eq!(found("db/1.sql"), ["db/1.sql"]);
    assert!(files(&root, "nowhere").is_err());
    assert!(files(&root, "nowhere/*.sql").is_err());
    fs::remove_dir_all(&root).unwrap();
}
