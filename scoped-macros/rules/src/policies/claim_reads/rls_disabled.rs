use super::super::finding::FindingKind;
use super::super::object::ObjectKind;
use super::super::replay::{Replay, Rls};
use super::ReadCollector;

impl ReadCollector<'_> {
    /// Reports policies on tables whose row level security is disabled, since PostgreSQL does not apply them.
    /// If no file enables row level security for any table, it is assumed to be enabled outside of the files.
    pub(super) fn unguarded(&mut self, replay: &Replay<'_>) {
        for table in replay.catalog.tables.iter().filter(|table| !table.gone) {
            let off = match table.rls {
                Rls::Off => true,
                Rls::On | Rls::Perhaps => false,
                Rls::Unsaid => replay.catalog.rls && table.made,
            };
            let name = &table.names[0];
            if !off || name.is_unknown() || table.view.is_some() {
                continue;
            }
            let is_it = |kind: &ObjectKind| matches!(kind, ObjectKind::Policy { table, .. } if table == name);
            let Some(owner) = self
                .project
                .objects
                .iter()
                .position(|object| is_it(&object.kind))
            else {
                continue;
            };
            let why = if table.rls == Rls::Off {
                "is disabled"
            } else {
                "is never enabled"
            };
            let text = format!(
                "has no effect, since row level security of `{name}` {why}; write `alter table {name} \
                 enable row level security`"
            );
            self.warn(owner, FindingKind::RlsOff, &text);
        }
    }
}
