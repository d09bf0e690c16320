//! The matrix for programs.

use serde_json::json;

use super::outcome::Cell;
use super::result::Matrix;

pub(super) fn text(matrix: &Matrix<'_>) -> String {
    let cells: Vec<_> = matrix.cells().iter().map(Cell::json).collect();
    let people: Vec<_> = matrix
        .people
        .iter()
        .map(|person| json!({ "name": person.name(), "role": person.role() }))
        .collect();
    let value = json!({ "people": people, "cells": cells });
    serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
}
