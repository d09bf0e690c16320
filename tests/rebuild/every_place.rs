//! Structs in every place, with the runtime found in every way: their tests disturb nobody.
#![no_implicit_prelude]
#![deny(warnings)]
#![allow(dead_code)]

use ::std::string::String;

#[::scoped_runtime::scoped_claims(policies = "migrations")]
pub struct Tenant {
    pub tenant_id: String,
}

pub fn function() {
    #[::scoped_runtime::scoped_claims(policies = "migrations")]
    pub struct Inside {
        pub tenant_id: String,
    }
}

pub mod module {
    use ::scoped_runtime as found;
    use ::std::string::String;

    mod inner {
        pub(crate) use ::scoped_runtime as found;
    }

    #[found::scoped_claims(crate = found, policies = "migrations")]
    pub struct Renamed {
        pub tenant_id: String,
    }

    #[found::scoped_claims(crate = self::inner::found, policies = "migrations")]
    pub struct FromHere<T> {
        pub tenant_id: T,
    }

    #[found::scoped_claims(crate = super::module::inner::found, policies = "migrations")]
    pub struct FromAbove {
        pub tenant_id: String,
    }

    #[found::scoped_claims(crate = crate::module::inner::found, policies = "migrations")]
    pub struct FromTheRoot {
        pub tenant_id: String,
    }
}
