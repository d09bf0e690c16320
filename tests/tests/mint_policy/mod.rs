//! What a mint policy allows.

mod limits;
