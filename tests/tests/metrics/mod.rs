//! Tests of the metrics.

mod recorded;
