//! Generated code takes nothing from the prelude, and finds the runtime under another name.

#![no_implicit_prelude]

mod other {
    pub use ::scoped_runtime as renamed;
}

mod claims {
    #[::scoped_runtime::scoped_claims(crate = crate::claims_renamed_crate_without_prelude::other::renamed)]
    #[derive(::std::clone::Clone)]
    pub struct Absolute<T> {
        pub plan: T,
        #[claim(rename = "places")]
        pub seats: ::std::option::Option<u32>,
    }

    #[::scoped_runtime::scoped_claims(crate = crate::claims_renamed_crate_without_prelude::other::renamed, under = "app_metadata", max_bytes = 99)]
    pub struct Nested<T> {
        #[claim(pattern = "x", custom = value)]
        pub plan: ::std::string::String,
        #[claim(default = 3, one_of(1, 3))]
        pub seats: ::std::option::Option<u32>,
        pub list: ::std::vec::Vec<T>,
    }

    // Named as a local of generated code.
    fn value(_: &str) -> ::std::result::Result<(), &'static str> {
        ::std::result::Result::Ok(())
    }

    pub mod inner {
        #[::scoped_runtime::scoped_claims(crate = super::super::other::renamed)]
        #[serde(rename_all = "UPPERCASE")]
        pub struct Relative {
            pub plan: ::std::string::String,
        }
    }
}

#[::scoped_runtime::scoped_claims(crate = other::renamed)]
struct Local {
    plan: &'static str,
}

#[::scoped_runtime::scoped_claims]
struct Default {
    plan: &'static str,
    seats: ::std::option::Option<u32>,
}

/// Names that generated code must not take for the real ones.
#[allow(dead_code, reason = "they only shadow")]
mod shadowed {
    struct Option;
    struct Result;
    struct String;
    trait Send {}
    trait Serialize {}
    mod core {}
    mod std {}
    mod serde {}
    mod scoped_runtime {}

    #[::scoped_runtime::scoped_claims]
    pub struct Claims<T> {
        pub plan: T,
        pub seats: ::std::option::Option<u32>,
    }
}

pub(crate) fn main() {
    use ::scoped_runtime::ScopedClaims;
    use ::serde_json::to_string;
    use ::std::{assert_eq, string::ToString};

    let absolute = claims::Absolute { plan: 'x', seats: ::std::option::Option::Some(1) };
    assert_eq!(to_string(&absolute).unwrap(), r#"{"plan":"x","places":1}"#);
    assert_eq!(claims::Absolute::<char>::CLAIMS[1].name(), "places");

    let nested = claims::Nested {
        plan: "x".to_string(),
        seats: ::std::option::Option::None,
        list: ::std::vec::Vec::<u16>::new(),
    };
    nested.check().unwrap();
    assert_eq!(to_string(&nested).unwrap(), r#"{"app_metadata":{"list":[],"plan":"x"}}"#);

    let relative = claims::inner::Relative { plan: "x".to_string() };
    assert_eq!(to_string(&relative).unwrap(), r#"{"PLAN":"x"}"#);
    assert_eq!(claims::inner::Relative::CLAIMS[0].name(), "PLAN");

    assert_eq!(to_string(&Local { plan: "x" }).unwrap(), r#"{"plan":"x"}"#);
    assert_eq!(Local::CLAIMS[0].name(), "plan");

    let default = Default { plan: "x", seats: ::std::option::Option::None };
    assert_eq!(to_string(&default).unwrap(), r#"{"plan":"x"}"#);
    assert_eq!(Default::CLAIMS[1].name(), "seats");

    let shadowed = shadowed::Claims { plan: 'x', seats: ::std::option::Option::None };
    assert_eq!(to_string(&shadowed).unwrap(), r#"{"plan":"x"}"#);
    assert_eq!(shadowed::Claims::<char>::CLAIMS[1].name(), "seats");
}
