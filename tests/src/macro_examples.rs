//! The documentation of the macros, whose examples are compiled here, beside the runtime.

#[doc = include_str!("../../scoped-macros/src/impersonate/attribute.md")]
mod impersonate {}

#[doc = include_str!("../../scoped-macros/src/scoped_claims/attribute.md")]
mod scoped_claims {}

#[doc = include_str!("../../scoped-macros/src/scoped_claims/derive.md")]
mod derive {}
