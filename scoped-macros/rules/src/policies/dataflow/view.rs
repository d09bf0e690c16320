//! Views.

use std::rc::Rc;

use super::super::syntax::{Parser, TokenView};
use super::Dataflow;
use super::frame::{CodeKind, EvaluationContext, Frame, Output};
use super::query::Columns;

impl Dataflow<'_> {
    /// Evaluates the query of a view. Clients that query the view get its columns, so they are reported as
    /// not followed.
    pub(crate) fn view_of(&mut self, id: usize) -> Option<Output> {
        let known = self.view_output(id)?;
        let mut frame = Frame::new(EvaluationContext {
            code: CodeKind::Other,
            search_path: &[],
            bound: None,
            function: None,
        });
        for (_, value) in &known.0 {
            frame.lose(value);
        }
        let mut output = known.1.clone();
        output.findings.extend(frame.output.findings);
        for found in frame.output.found {
            let same =
                |known: &super::RawRead| known.path == found.path && known.usage == found.usage;
            if !output.found.iter().any(same) {
                output.found.push(found);
            }
        }
        Some(output)
    }

    /// The columns of a view. Reads of its query are reported as reads of the code that uses the view.
    pub(super) fn view(&mut self, frame: &mut Frame<'_>, id: usize) -> Columns {
        let Some(known) = self.view_output(id) else {
            return Columns::new();
        };
        let through = self.replay.catalog.table_shown(id);
        for found in &known.1.found {
            if !found.handed_on {
                frame.push(super::RawRead {
                    through: Some(through.clone()),
                    at: frame.output.found.last().map_or(found.at, |last| last.at),
                    ..found.clone()
                });
            }
        }
        let fresh = known.0.iter().map(|(name, value)| {
            let value = value.clone().each(|part| {
                part.fresh = !part.derived;
                part.report = 0;
                part.through = Some(through.clone());
            });
            (name.clone(), value)
        });
        fresh.collect()
    }

    pub(super) fn view_output(&mut self, id: usize) -> Option<Rc<(Columns, Output)>> {
        if let Some(known) = self.views.get(&id) {
            return Some(Rc::clone(known));
        }
        let replay = self.replay;
        let view = replay.catalog.tables[id].view.as_ref()?;
        // Damaged SQL: the view depends on itself.
        let marker = usize::MAX - id;
        if self.active.contains(&marker) {
            return None;
        }
        self.active.push(marker);
        let code = TokenView::new(&replay.sources[view.part.source], view.part.range);
        let query = Parser::new(&code).query();
        let mut frame = Frame::new(EvaluationContext {
            code: CodeKind::Other,
            search_path: replay.search_path(view.part),
            bound: Some(&view.bound),
            function: None,
        });
        frame.dynamic = replay.sources[view.part.source].dynamic;
        let columns = super::query::renamed(self.query(&mut frame, &query), &view.columns);
        self.active.pop();
        let known = Rc::new((columns, frame.into_output()));
        self.views.insert(id, Rc::clone(&known));
        Some(known)
    }
}
