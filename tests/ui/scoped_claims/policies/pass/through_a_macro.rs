#![deny(deprecated)]

use scoped_runtime::scoped_claims;

macro_rules! tenant {
    ($name:ident, $folder:literal, $table:literal) => {
        #[scoped_claims(policies($folder, tables = [$table]))]
        struct $name {
            tenant: String,
        }
    };
}

tenant!(One, "ui/scoped_claims/policies/sql/two_tables.sql", "documents");
tenant!(Two, "ui/scoped_claims/policies/sql/two_tables.sql", "public.documents");

pub(crate) fn main() {}
