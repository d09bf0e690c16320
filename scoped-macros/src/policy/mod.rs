//! policy: SQL -> the claim paths that policies read; knows nothing of macros

mod claim;
mod compare;
mod files;
mod finding;
mod fit;
mod lexer;
mod lines;
mod lookup;
mod name;
mod object;
mod quote;
mod read;
mod replay;
mod source;
mod split;
mod suggest;
mod survey;
mod target;
mod token;

pub use claim::{Shape, Test, Use};
pub use compare::{Options, compare, is_below, names_table};
pub use files::files;
pub use finding::{Finding, FindingKind, Severity, dotted};
pub use fit::{Kind, Known};
pub use name::{QualifiedName, shown};
pub use object::{Object, ObjectKind, Place};
pub use read::{Project, Read};
pub use suggest::distance;
pub use target::Target;
