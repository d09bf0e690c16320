//! Reports where the analysis of a value ends: it is read, compared, passed on, or can no longer be followed.

use super::claim_use::{ClaimUse, PathStep, Predicate, RawFinding, RawFindingKind, RawRead};
use super::frame::Frame;
use super::value::{TokenPart, Value};

impl Frame<'_> {
    /// Reports a read. Returns the number of the report, from 1 on, or 0 if there is none.
    pub(super) fn emit(
        &mut self,
        part: &TokenPart,
        predicate: Predicate,
        ambiguous: bool,
    ) -> usize {
        let plain = matches!(predicate, Predicate::None | Predicate::Null);
        if !part.fresh && plain {
            // A value from a variable is used now.
            if let Some(found) = part.report.checked_sub(1)
                && let Some(found) = self.output.found.get_mut(found)
            {
                found.handed_on = false;
            }
            return 0;
        }
        if let Some(known) = part.path.iter().position(|step| *step == PathStep::Unknown) {
            self.remark(
                part,
                RawFindingKind::UnknownKey(part.path[..known].to_vec()),
            );
            return 0;
        }
        if part.path.contains(&PathStep::Argument) {
            return 0;
        }
        if part.path.is_empty() {
            if predicate == Predicate::None {
                self.remark(part, RawFindingKind::Lost(Vec::new()));
            }
            return 0;
        }
        let predicate = if part.derived {
            Predicate::None
        } else {
            predicate
        };
        self.push(RawRead {
            at: part.at,
            path: part.path.clone(),
            usage: ClaimUse {
                extraction: part.extraction,
                cast: part.cast.clone(),
                predicate,
            },
            through: part.through.clone(),
            parsed: part.parsed,
            optional: part.optional,
            ambiguous,
            handed_on: false,
            dynamic: self.dynamic || part.dynamic,
        })
    }

    pub(super) fn push(&mut self, found: RawRead) -> usize {
        let same = self.output.found.iter().rev().take(64).position(|known| {
            known.at == found.at
                && known.path == found.path
                && known.usage == found.usage
                && known.through == found.through
        });
        if let Some(back) = same {
            let index = self.output.found.len() - 1 - back;
            let known = &mut self.output.found[index];
            known.handed_on &= found.handed_on;
            known.optional &= found.optional;
            known.ambiguous &= found.ambiguous;
            known.dynamic &= found.dynamic;
            return index + 1;
        }
        self.output.found.push(found);
        self.output.found.len()
    }

    pub(super) fn remark(&mut self, part: &TokenPart, kind: RawFindingKind) {
        self.note(part.at, part.through.clone(), kind);
    }

    pub(super) fn note(&mut self, at: u32, through: Option<String>, kind: RawFindingKind) {
        let remark = RawFinding { at, kind, through };
        if !self
            .output
            .findings
            .iter()
            .rev()
            .take(64)
            .any(|known| *known == remark)
        {
            self.output.findings.push(remark);
        }
    }

    /// Reports a value that is used in a way that says nothing about its kind.
    pub(super) fn finish(&mut self, value: &Value) {
        for part in &value.parts {
            self.emit(part, Predicate::None, false);
        }
        for (_, field) in &value.fields {
            self.finish(field);
        }
    }

    /// Reports a value that is passed to code that the engine cannot follow, so that its members may be read
    /// there.
    pub(super) fn lose(&mut self, value: &Value) {
        for part in &value.parts {
            if part.is_open() && !part.path.is_empty() && !part.path.contains(&PathStep::Argument) {
                self.remark(part, RawFindingKind::Lost(part.path.clone()));
            }
            let fresh = part.path.is_empty() || part.fresh;
            let part = TokenPart {
                fresh,
                ..part.clone()
            };
            self.emit(&part, Predicate::None, false);
        }
        for (_, field) in &value.fields {
            self.lose(field);
        }
    }

    /// Reports a value that is assigned to a variable, put in a column or returned. What happens to it there
    /// is reported there.
    pub(super) fn hand_on(&mut self, value: Value) -> Value {
        let mut value = value;
        for part in &mut value.parts {
            if !part.fresh || part.path.is_empty() || part.path.contains(&PathStep::Argument) {
                continue;
            }
            let before = self.output.found.len();
            let report = self.emit(part, Predicate::None, false);
            if report > before
                && let Some(found) = self.output.found.get_mut(report - 1)
            {
                found.handed_on = true;
            }
            part.fresh = false;
            part.report = report;
        }
        for (_, field) in &mut value.fields {
            *field = self.hand_on(std::mem::take(field));
        }
        value
    }

    /// Withdraws the report of a part that was only stored before one of its members is read.
    pub(super) fn refine(&mut self, part: &TokenPart) {
        if part.report > 0 {
            self.void.push(part.report);
        }
    }

    /// The result, after everything is evaluated.
    pub(super) fn into_output(mut self) -> super::Output {
        self.void.sort_unstable();
        let void = &self.void;
        let mut number = 0;
        self.output.found.retain(|found| {
            number += 1;
            !(found.handed_on && void.binary_search(&number).is_ok())
        });
        self.output
    }
}
