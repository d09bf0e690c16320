//! Measures how long the comparison of claims and policies takes: reading the files, replay and comparison.
//!
//! `cargo bench -p scoped-tests --bench policies` measures an optimised build; with `--profile dev` it
//! measures the comparison as it runs inside the attribute in an ordinary build. The budgets apply to the
//! latter.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program that measures real time and prints it"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use scoped_runtime::{policies, scoped_claims};

#[scoped_claims]
struct Tenant {
    #[claim(under = "app_metadata", uuid)]
    tenant_id: String,
    #[claim(one_of("free", "pro", "team"))]
    plan: String,
}

/// Generated migrations with the statements that migrations mostly consist of.
const PART: &str = r#"-- Table {t}, one of many; it's made up.
create table if not exists public.{t} (
  id uuid primary key default gen_random_uuid(),
  owner uuid not null default auth.uid(),
  tenant_id uuid not null,
  title text not null check (length(title) > 0),
  created_at timestamptz not null default now()
);
alter table public.{t} enable row level security;
drop policy if exists "Tenants read {t}" on public.{t};
create policy "Tenants read {t}" on public.{t} for select to authenticated
  using (tenant_id = (select (auth.jwt() -> 'app_metadata' ->> 'tenant_id')::uuid) and (select auth.uid()) = owner);
create policy "Owners write {t} {f}" on public.{t} for insert to authenticated
  with check ((select auth.uid()) = owner and (select auth.jwt() ->> 'plan') in ('pro', 'team'));
create or replace function public.touch_{t}() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  v_claims jsonb := auth.jwt();
  v_count int;
begin
  -- Counts what there is.
  select count(*) into v_count from public.{t} where tenant_id = new.tenant_id;
  if v_count > 100 and v_claims ->> 'plan' <> 'pro' then
    raise exception 'Too many rows in %', '{t}';
  end if;
  new.created_at := now();
  return new;
end;
$$;
create index if not exists {t}_tenant on public.{t} (tenant_id);
insert into public.{t} (owner, tenant_id, title) values
  ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002', 'It''s a title');
comment on table public.{t} is 'A table; with a semicolon';
grant select, insert on public.{t} to authenticated;

"#;

/// Returns the bytes of all files.
fn write(folder: &Path, files: usize, bytes: usize) -> usize {
    let mut written = 0;
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).unwrap();
    for file in 0..files {
        let mut sql = String::new();
        for part in 0.. {
            let table = format!("t{}_{part}", file % 200);
            sql += &PART
                .replace("{t}", &table)
                .replace("{f}", &file.to_string());
            if sql.len() + PART.len() / 2 >= bytes {
                break;
            }
        }
        written += sql.len();
        std::fs::write(folder.join(format!("{file:06}.sql")), sql).unwrap();
    }
    written
}

fn main() {
    for (files, bytes, budget) in [(100, 4_300, 60), (1_000, 6_700, 1_000)] {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("policies-{files}"));
        let kilobytes = write(&folder, files, bytes) / 1000;
        let once = |_| {
            let start = Instant::now();
            let report = policies::check::<Tenant>(&folder).unwrap();
            assert_eq!(report.errors().count(), 0, "{report}");
            start.elapsed()
        };
        let best: Duration = (0..7).map(once).min().unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        let milliseconds = best.as_millis();
        println!(
            "{files} files, {kilobytes} kB: {milliseconds} ms; budget in a dev build {budget} ms"
        );
    }
}
