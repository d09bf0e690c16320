//! The mutants: first what needs a look, and folded away what was noticed.

use std::fmt::Write as _;

use super::super::mutants::{Mutant, MutantReport, Verdict};
use super::{escaped, marked};

pub(super) fn section(page: &mut String, report: &MutantReport) {
    let is_killed = |mutant: &&Mutant| matches!(mutant.verdict(), Verdict::Killed(_));
    let (killed, mut others): (Vec<&Mutant>, Vec<&Mutant>) = report.iter().partition(is_killed);
    let is_survivor = |mutant: &&Mutant| *mutant.verdict() == Verdict::Survived;
    others.sort_by_key(|mutant| !is_survivor(mutant));
    let survived = others.iter().filter(|mutant| is_survivor(mutant)).count();
    let _ = write!(
        page,
        "<section id=\"mutants\">\n<h2>mutants</h2>\n<p>{} small mistakes in the policies: {} were noticed, {survived} survived, and \
         {} cannot be noticed or were refused.</p>\n",
        killed.len() + others.len(),
        killed.len(),
        others.len() - survived
    );
    list(page, &others);
    if !killed.is_empty() {
        let _ = writeln!(
            page,
            "<details><summary>{} were noticed</summary>",
            killed.len()
        );
        list(page, &killed);
        page.push_str("</details>\n");
    }
    page.push_str("</section>\n");
}

/// One table, in which the changes of one object share its name.
fn list(page: &mut String, mutants: &[&Mutant]) {
    if mutants.is_empty() {
        return;
    }
    page.push_str(
        "<table class=\"list\">\n<thead><tr><th>object</th><th>change</th><th>what became of it</th></tr></thead>\n<tbody>\n",
    );
    for same in mutants.chunk_by(|one, other| one.object() == other.object()) {
        for (place, mutant) in same.iter().enumerate() {
            page.push_str("<tr>");
            if place == 0 {
                let _ = write!(
                    page,
                    "<th scope=\"rowgroup\" rowspan=\"{}\">{}{}</th>",
                    same.len(),
                    marked(mutant.object()),
                    location(mutant)
                );
            }
            let (class, text) = said(mutant.verdict());
            let _ = writeln!(
                page,
                "<td>{}</td><td class=\"{class}\">{}</td></tr>",
                marked(mutant.change()),
                marked(&text)
            );
        }
    }
    page.push_str("</tbody>\n</table>\n");
}

/// The file and the line, which may break after each part.
fn location(mutant: &Mutant) -> String {
    let Some((file, line)) = mutant.location() else {
        return String::new();
    };
    let file = escaped(&file.display().to_string());
    let file = file.replace('/', "/<wbr>").replace('_', "_<wbr>");
    format!("<small>{file}:{line}</small>")
}

fn said(verdict: &Verdict) -> (&'static str, String) {
    match verdict {
        Verdict::Killed(cell) => ("all", cell.clone()),
        Verdict::Survived => ("odd", "survived: nothing tests it".to_owned()),
        Verdict::Equivalent(reason) => ("none", format!("equivalent: {reason}")),
        Verdict::Refused(message) => ("untried", format!("refused: {message}")),
    }
}
