//! Programs that the macros accept: they compile without a warning where they forbid one, and run.
//!
//! They are modules of one binary because linking a program for each takes minutes. The `crate` of their paths is
//! therefore this file.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Makes a module and a test of each program.
macro_rules! programs {
    ($($path:literal as $name:ident,)*) => {
        $(
            #[path = $path]
            #[allow(clippy::all, clippy::pedantic, clippy::print_stdout, dead_code, missing_docs, unreachable_pub, reason = "programs as users write them")]
            mod $name;
        )*

        const PATHS: &[&str] = &[$($path),*];

        mod runs {
            $(
                #[test]
                fn $name() {
                    super::$name::main();
                }
            )*
        }
    };
}

programs! {
    "../ui/scoped_claims/pass/absent_option.rs" as claims_absent_option,
    "../ui/scoped_claims/pass/conditional_fields.rs" as claims_conditional_fields,
    "../ui/scoped_claims/pass/constraints.rs" as claims_constraints,
    "../ui/scoped_claims/pass/defaults.rs" as claims_defaults,
    "../ui/scoped_claims/pass/deprecated.rs" as claims_deprecated,
    "../ui/scoped_claims/pass/derived.rs" as claims_derived,
    "../ui/scoped_claims/pass/every_rename.rs" as claims_every_rename,
    "../ui/scoped_claims/pass/every_rename_all.rs" as claims_every_rename_all,
    "../ui/scoped_claims/pass/generics.rs" as claims_generics,
    "../ui/scoped_claims/pass/name_that_is_only_read.rs" as claims_name_that_is_only_read,
    "../ui/scoped_claims/pass/names_and_values.rs" as claims_names_and_values,
    "../ui/scoped_claims/pass/names_of_the_module.rs" as claims_names_of_the_module,
    "../ui/scoped_claims/pass/own_serialize.rs" as claims_own_serialize,
    "../ui/scoped_claims/pass/preserved.rs" as claims_preserved,
    "../ui/scoped_claims/pass/recursive.rs" as claims_recursive,
    "../ui/scoped_claims/pass/renamed_crate_without_prelude.rs" as claims_renamed_crate_without_prelude,
    "../ui/scoped_claims/pass/small_numbers.rs" as claims_small_numbers,
    "../ui/scoped_claims/pass/struct_arguments.rs" as claims_struct_arguments,
    "../ui/scoped_claims/pass/through_a_macro.rs" as claims_through_a_macro,
    "../ui/scoped_claims/pass/times.rs" as claims_times,
    "../ui/scoped_claims/pass/types.rs" as claims_types,
    "../ui/scoped_claims/pass/under.rs" as claims_under,
    "../ui/scoped_claims/policies/pass/allowed.rs" as policies_allowed,
    "../ui/scoped_claims/policies/pass/every_shape.rs" as policies_every_shape,
    "../ui/scoped_claims/policies/pass/on_the_derive.rs" as policies_on_the_derive,
    "../ui/scoped_claims/policies/pass/other_tables.rs" as policies_other_tables,
    "../ui/scoped_claims/policies/pass/renamed_crate_without_prelude.rs" as policies_renamed_crate_without_prelude,
    "../ui/scoped_claims/policies/pass/several_folders.rs" as policies_several_folders,
    "../ui/scoped_claims/policies/pass/through_a_macro.rs" as policies_through_a_macro,
    "../ui/queries/pass/values_and_rows.rs" as queries_values_and_rows,
    "../ui/impersonate/pass/async_trait.rs" as impersonate_async_trait,
    "../ui/impersonate/pass/blocking.rs" as impersonate_blocking,
    "../ui/impersonate/pass/conditional_clients.rs" as impersonate_conditional_clients,
    "../ui/impersonate/pass/custom_error.rs" as impersonate_custom_error,
    "../ui/impersonate/pass/destructured_parameter.rs" as impersonate_destructured_parameter,
    "../ui/impersonate/pass/every_argument.rs" as impersonate_every_argument,
    "../ui/impersonate/pass/free_function.rs" as impersonate_free_function,
    "../ui/impersonate/pass/futures.rs" as impersonate_futures,
    "../ui/impersonate/pass/generics.rs" as impersonate_generics,
    "../ui/impersonate/pass/instrument.rs" as impersonate_instrument,
    "../ui/impersonate/pass/methods.rs" as impersonate_methods,
    "../ui/impersonate/pass/mutable_client.rs" as impersonate_mutable_client,
    "../ui/impersonate/pass/names_of_the_module.rs" as impersonate_names_of_the_module,
    "../ui/impersonate/pass/postgres.rs" as impersonate_postgres,
    "../ui/impersonate/pass/process_default.rs" as impersonate_process_default,
    "../ui/impersonate/pass/renamed_crate.rs" as impersonate_renamed_crate,
    "../ui/impersonate/pass/several_clients.rs" as impersonate_several_clients,
    "../ui/impersonate/pass/traits.rs" as impersonate_traits,
    "../ui/impersonate/pass/user_is_borrowed.rs" as impersonate_user_is_borrowed,
    "../ui/impersonate/pass/via_of_either_kind.rs" as impersonate_via_of_either_kind,
    "../ui/impersonate/services/pass/actix.rs" as services_actix,
    "../ui/impersonate/services/pass/axum.rs" as services_axum,
}

#[test]
fn every_program_is_listed() {
    let listed: BTreeSet<String> = PATHS.iter().map(|path| path.replace("../", "")).collect();
    let mut found = BTreeSet::new();
    find_programs(Path::new("ui"), &mut found);
    assert_eq!(listed, found);
}

/// Collects the files of all folders of the name `pass`.
fn find_programs(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find_programs(&path, found);
        } else if folder.ends_with("pass") {
            found.insert(path.to_str().unwrap().to_owned());
        }
    }
}
