//! What else stands on the struct and its fields stays there.

#![deny(missing_docs, unused, nonstandard_style, unused_qualifications, single_use_lifetimes)]

use scoped_runtime::{ScopedClaims, scoped_claims};

mod inner {
    #![allow(missing_docs, reason = "only the struct's own documentation is of interest")]

    /// The tenant.
    #[scoped_runtime::scoped_claims]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[repr(C)]
    #[non_exhaustive]
    #[must_use]
    pub struct Tenant {
        /// Its plan.
        pub plan: u8,
        pub(in crate::claims_preserved::inner) hidden: u8,
    }

    /// The same with everything that needs more code.
    #[scoped_runtime::scoped_claims(under = "app_metadata", role = "reporting")]
    #[derive(Clone, Debug, PartialEq)]
    pub struct Nested {
        /// Its plan.
        #[claim(default = 1, min = 1)]
        pub plan: u8,
        #[claim(pattern = "[a-z]+", custom = short)]
        pub name: Option<String>,
    }

    fn short(name: &str) -> Result<(), &'static str> {
        if name.len() < 9 { Ok(()) } else { Err("is long") }
    }

    impl Tenant {
        pub fn hidden(self) -> u8 {
            self.hidden
        }
    }
}

#[cfg_attr(all(), scoped_claims)]
#[cfg_attr(all(), derive(Clone), serde(rename_all = "UPPERCASE"))]
struct Conditional {
    plan: u8,
}

pub(crate) fn main() {
    let tenant = inner::Tenant::default();
    assert_eq!(tenant, tenant.max(tenant));
    assert_eq!(tenant.plan + tenant.hidden(), 0);
    assert_eq!(inner::Tenant::CLAIMS.len(), 2);

    let conditional = Conditional { plan: 1 }.clone();
    assert_eq!(serde_json::to_string(&conditional).unwrap(), r#"{"PLAN":1}"#);
    assert_eq!(Conditional::CLAIMS[0].name(), "PLAN");

    /// In a function, too.
    #[scoped_claims]
    struct Inside {
        plan: u8,
    }
    assert_eq!(Inside::CLAIMS.len(), 1);

    #[scoped_claims(under = "app_metadata")]
    struct NestedInside {
        plan: u8,
    }
    let written = serde_json::to_string(&NestedInside { plan: 1 }).unwrap();
    assert_eq!(written, r#"{"app_metadata":{"plan":1}}"#);
    let nested = inner::Nested { plan: 2, name: Some("acme".to_owned()) };
    nested.check().unwrap();
    assert_eq!(serde_json::to_string(&Inside { plan: 1 }).unwrap(), r#"{"plan":1}"#);
}
