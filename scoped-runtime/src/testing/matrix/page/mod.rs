//! The matrix as one HTML page: one table for each resource, colours for outcomes, no script.

mod mutants;

use std::fmt::Write as _;

use super::mutants::MutantReport;
use super::outcome::{Cell, Operation, Outcome, ranges};
use super::result::Matrix;

const STYLE: &str = include_str!("page.css");
/// The number of tables up to which a list of them would not help.
const FEW: usize = 8;

pub(super) fn html(matrix: &Matrix<'_>, mutants: Option<&MutantReport>) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Who may do what</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>Who may do what</h1>\n\
         <p>Each cell was tried as that person. Rows are numbered in the order in which they were inserted.</p>\n\
         <ul class=\"legend\"><li class=\"all\">every row</li><li class=\"some\">some rows</li><li class=\"none\">none, refused or \
         not granted</li><li class=\"odd\">constraint or error</li><li class=\"untried\">untried</li></ul>\n</header>\n<main>\n"
    );
    let is_call = |resource: &&str| {
        matrix
            .cells()
            .iter()
            .any(|cell| cell.resource == *resource && cell.operation == Operation::Call)
    };
    let (calls, tables): (Vec<&str>, Vec<&str>) = matrix.resources().into_iter().partition(is_call);
    if tables.len() > FEW {
        contents(&mut page, &tables);
    }
    for (number, resource) in tables.into_iter().enumerate() {
        table(&mut page, matrix, resource, number);
    }
    if !calls.is_empty() {
        functions(&mut page, matrix, &calls);
    }
    if let Some(mutants) = mutants {
        mutants::section(&mut page, mutants);
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn contents(page: &mut String, tables: &[&str]) {
    page.push_str("<nav>");
    for (number, resource) in tables.iter().enumerate() {
        let _ = write!(
            page,
            "<a href=\"#table-{number}\">{}</a>",
            escaped(resource)
        );
    }
    page.push_str("</nav>\n");
}

fn table(page: &mut String, matrix: &Matrix<'_>, resource: &str, number: usize) {
    let cells: Vec<&Cell> = matrix
        .cells()
        .iter()
        .filter(|cell| cell.resource == resource)
        .collect();
    let operations: Vec<Operation> = Operation::ON_TABLES
        .into_iter()
        .filter(|operation| cells.iter().any(|cell| cell.operation == *operation))
        .collect();
    let _ = write!(
        page,
        "<section id=\"table-{number}\">\n<h2>{}</h2>\n<table>\n<thead><tr><th class=\"name\"></th>",
        escaped(resource)
    );
    for operation in &operations {
        let _ = write!(page, "<th scope=\"col\">{operation}</th>");
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for person in matrix.people() {
        let _ = write!(page, "<tr><th scope=\"row\">{}</th>", escaped(person));
        for operation in &operations {
            match matrix.cell(person, *operation, resource) {
                Some(cell) => add(page, cell),
                None => page.push_str("<td></td>"),
            }
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</section>\n");
}

fn functions(page: &mut String, matrix: &Matrix<'_>, calls: &[&str]) {
    page.push_str(
        "<section>\n<h2>functions</h2>\n<table>\n<thead><tr><th class=\"long name\"></th>",
    );
    for person in matrix.people() {
        let _ = write!(page, "<th scope=\"col\">{}</th>", escaped(person));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for call in calls {
        let name = call.strip_prefix("function ").unwrap_or(call);
        let _ = write!(page, "<tr><th scope=\"row\">{}</th>", escaped(name));
        for person in matrix.people() {
            match matrix.cell(person, Operation::Call, call) {
                Some(cell) => add(page, cell),
                None => page.push_str("<td></td>"),
            }
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</section>\n");
}

fn add(page: &mut String, cell: &Cell) {
    let class = match &cell.outcome {
        Outcome::All(_) | Outcome::Allowed => "all",
        Outcome::Some(..) => "some",
        Outcome::None | Outcome::RefusedByPolicy | Outcome::NotGranted => "none",
        Outcome::Constraint | Outcome::Failed(_) => "odd",
        Outcome::Untried(_) => "untried",
    };
    let reason = match &cell.outcome {
        Outcome::Untried(reason) => Some(reason),
        _ => cell.note.as_ref(),
    };
    let _ = write!(
        page,
        "<td class=\"{class}\">{}",
        escaped(&cell.outcome.to_string())
    );
    if let (Outcome::Some(..), Some(rows)) = (&cell.outcome, &cell.rows) {
        let _ = write!(
            page,
            "<small>{} {}</small>",
            if rows.len() == 1 { "row" } else { "rows" },
            ranges(rows)
        );
    }
    if let Some(reason) = reason {
        let _ = write!(page, "<small>{}</small>", escaped(reason));
    }
    page.push_str("</td>");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The text with what stands in backticks as code.
fn marked(text: &str) -> String {
    let mut marked = String::new();
    for (place, part) in escaped(text).split('`').enumerate() {
        if place % 2 == 1 {
            let _ = write!(marked, "<code>{part}</code>");
        } else {
            marked.push_str(part);
        }
    }
    marked
}
