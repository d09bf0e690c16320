//! Who is present on a channel, kept up to date from the server's states and differences.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::event::Event;
use super::json_text::JsonText;
use super::presence::{Metas, Presence, PresenceMeta, read};

/// The most bytes that the presence of one channel may take. What would go beyond is not kept.
const MAX_BYTES: usize = 8 << 20;

/// All who are present on a channel.
#[derive(Debug, Default)]
pub(super) struct PresenceState {
    metas: BTreeMap<String, Vec<PresenceMeta>>,
    bytes: usize,
    /// Differences count only after the first state of a join.
    is_synced: bool,
}

#[derive(Deserialize)]
struct Diff<'a> {
    #[serde(borrow, default)]
    joins: BTreeMap<String, Metas<'a>>,
    #[serde(borrow, default)]
    leaves: BTreeMap<String, Metas<'a>>,
}

impl PresenceState {
    pub(super) fn list(&self) -> Vec<Presence> {
        let present = self.metas.iter();
        let presence = |(key, metas): (&String, &Vec<PresenceMeta>)| Presence {
            key: key.clone(),
            metas: metas.clone(),
        };
        present.map(presence).collect()
    }

    /// The channel has to be joined again: differences count only after the next state.
    pub(super) fn reset(&mut self) {
        self.is_synced = false;
    }

    /// Replaces the state, and returns what is different. A state that cannot be read changes nothing.
    pub(super) fn apply_state(&mut self, payload: &JsonText) -> Vec<Event> {
        let Ok(state) = serde_json::from_slice::<BTreeMap<String, Metas<'_>>>(payload.bytes())
        else {
            return Vec::new();
        };
        let joins = read(payload, &state);
        let mut events = Vec::new();
        let old = std::mem::take(&mut self.metas);
        self.bytes = 0;
        for (key, metas) in joins {
            let before = old.get(&key).map_or(&[][..], Vec::as_slice);
            let new = metas.iter().filter(|meta| !before.contains(meta));
            let new: Vec<_> = new.cloned().collect();
            self.add(&key, metas);
            if !new.is_empty() {
                events.push(Event::Join(Presence { key, metas: new }));
            }
        }
        for (key, mut metas) in old {
            let now = self.metas.get(&key).map_or(&[][..], Vec::as_slice);
            metas.retain(|meta| !now.contains(meta));
            if !metas.is_empty() {
                events.push(Event::Leave(Presence { key, metas }));
            }
        }
        self.is_synced = true;
        events.push(Event::Sync);
        events
    }

    /// Applies a difference, and returns it as events.
    pub(super) fn apply_diff(&mut self, payload: &JsonText) -> Vec<Event> {
        let diff = serde_json::from_slice::<Diff<'_>>(payload.bytes());
        let Some(Diff { joins, leaves }) = diff.ok().filter(|_| self.is_synced) else {
            return Vec::new();
        };
        let mut events = Vec::new();
        for (key, metas) in read(payload, &joins) {
            self.add(&key, metas.clone());
            events.push(Event::Join(Presence { key, metas }));
        }
        for (key, metas) in read(payload, &leaves) {
            self.remove(&key, &metas);
            events.push(Event::Leave(Presence { key, metas }));
        }
        events
    }

    fn add(&mut self, key: &str, metas: Vec<PresenceMeta>) {
        let size = |metas: &[PresenceMeta]| metas.iter().map(PresenceMeta::size).sum::<usize>();
        let added = key.len() + size(&metas);
        if self.bytes + added > MAX_BYTES {
            return;
        }
        let present = self.metas.entry(key.to_owned()).or_insert_with(|| {
            self.bytes += key.len();
            Vec::new()
        });
        let is_same = |meta: &PresenceMeta| metas.iter().any(|new| new.reference == meta.reference);
        self.bytes -= size(present);
        present.retain(|meta| !is_same(meta));
        present.extend(metas);
        self.bytes += size(present);
    }

    fn remove(&mut self, key: &str, metas: &[PresenceMeta]) {
        let Some(present) = self.metas.get_mut(key) else {
            return;
        };
        present.retain(|meta| {
            let leaves = metas.iter().any(|left| left.reference == meta.reference);
            if leaves {
                self.bytes = self.bytes.saturating_sub(meta.size());
            }
            !leaves
        });
        if present.is_empty() {
            self.bytes = self.bytes.saturating_sub(key.len());
            self.metas.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> JsonText {
        JsonText::new(text.to_owned().into())
    }

    fn names(events: &[Event]) -> Vec<String> {
        let name = |event: &Event| match event {
            Event::Join(presence) => format!("+{}", presence.key),
            Event::Leave(presence) => format!("-{}", presence.key),
            Event::Sync => "=".to_owned(),
            other => panic!("{other:?}"),
        };
        events.iter().map(name).collect()
    }

    #[test]
    fn differences_count_after_the_first_state() {
        let mut state = PresenceState::default();
        let diff = json(r#"{"joins":{"a":{"metas":[{"phx_ref":"1"}]}},"leaves":{}}"#);
        assert!(state.apply_diff(&diff).is_empty());
        assert_eq!(names(&state.apply_state(&json("{}"))), ["="]);
        assert_eq!(names(&state.apply_diff(&diff)), ["+a"]);
    }

    #[test]
    fn an_update_is_a_join_and_the_leave_of_the_old_value() {
        let mut state = PresenceState::default();
        state.apply_state(&json(r#"{"a":{"metas":[{"phx_ref":"1","n":1}]}}"#));
        let diff = json(
            r#"{"joins":{"a":{"metas":[{"phx_ref":"2","phx_ref_prev":"1","n":2}]}},
               "leaves":{"a":{"metas":[{"phx_ref":"1","n":1}]}}}"#,
        );
        assert_eq!(names(&state.apply_diff(&diff)), ["+a", "-a"]);
        let present = state.list();
        assert_eq!((present.len(), present[0].metas.len()), (1, 1));
        assert_eq!(present[0].metas[0].reference, "2");
    }

    #[test]
    fn a_state_after_a_reconnect_says_what_has_changed() {
        let mut state = PresenceState::default();
        state.apply_state(&json(
            r#"{"a":{"metas":[{"phx_ref":"1"}]},"b":{"metas":[{"phx_ref":"2"}]}}"#,
        ));
        state.reset();
        let events = state.apply_state(&json(
            r#"{"b":{"metas":[{"phx_ref":"2"}]},"c":{"metas":[{"phx_ref":"3"}]}}"#,
        ));
        assert_eq!(names(&events), ["+c", "-a", "="]);
    }

    #[test]
    fn a_peer_cannot_replace_the_servers_reference() {
        let mut state = PresenceState::default();
        state.apply_state(&json(
            r#"{"a":{"metas":[{"phx_ref":"server","phx_ref":"forged"}]}}"#,
        ));
        assert_eq!(state.list()[0].metas[0].reference, "server");
    }

    #[test]
    fn what_cannot_be_read_changes_nothing() {
        let mut state = PresenceState::default();
        state.apply_state(&json(r#"{"a":{"metas":[{"phx_ref":"1"}]}}"#));
        for bad in [
            "[]",
            "7",
            r#"{"a":1}"#,
            r#"{"joins":{"b":{}}}"#,
            r#"{"a":{"metas":{}}}"#,
        ] {
            assert!(state.apply_state(&json(bad)).is_empty(), "{bad}");
        }
        state.apply_diff(&json(
            r#"{"joins":{"b":{"metas":[{},1,null,{"phx_ref":7}]}}}"#,
        ));
        assert_eq!(state.list().len(), 1);
    }

    #[test]
    fn the_memory_of_a_state_is_bounded() {
        let mut state = PresenceState::default();
        state.apply_state(&json("{}"));
        let long = "x".repeat(1 << 20);
        for n in 0..20 {
            state.apply_diff(&json(&format!(
                r#"{{"joins":{{"k{n}":{{"metas":[{{"phx_ref":"{n}","v":"{long}"}}]}}}}}}"#
            )));
        }
        assert!(
            state.bytes <= MAX_BYTES && state.list().len() == 7,
            "{}",
            state.list().len()
        );
    }

    #[test]
    fn long_keys_count_while_they_are_present() {
        let mut state = PresenceState::default();
        state.apply_state(&json("{}"));
        let long = "x".repeat(1 << 20);
        let metas = r#"{"metas":[{"phx_ref":"1"}]}"#;
        for n in 0..20 {
            state.apply_diff(&json(&format!(r#"{{"joins":{{"{n}{long}":{metas}}}}}"#)));
        }
        assert_eq!(state.list().len(), 7);
        for n in 0..20 {
            state.apply_diff(&json(&format!(r#"{{"leaves":{{"{n}{long}":{metas}}}}}"#)));
        }
        assert_eq!((state.list().len(), state.bytes), (0, 0));
    }
}
