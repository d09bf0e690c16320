//! From the live objects to their reads.

mod body;
mod helper;
mod live;
mod remark;

use std::path::PathBuf;

use super::claim::{Code, Matcher, Output, Place, Setting, Step};
use super::lines::Lines;
use super::name::QualifiedName;
use super::object::Object;
use super::read::{Project, Read};
use super::replay::Replay;
use helper::Known;
use live::Live;
pub(crate) use remark::{is_auth_only, is_user_metadata, severity};

impl Project {
    /// Replays the files in this order, and reads what is live in the end. Never fails: what is no
    /// SQL is passed over.
    pub fn read(files: &[(PathBuf, String)]) -> Self {
        let mut replay = Replay::new();
        for (index, (_, text)) in files.iter().enumerate() {
            replay.file(index, text);
        }
        survey(&replay, files)
    }
}

/// Reads every live object.
fn survey(replay: &Replay<'_>, files: &[(PathBuf, String)]) -> Project {
    let live = live::collect(replay);
    let bodies = body::bodies(replay, &live);
    let known = helper::helpers(replay, &live, &bodies);
    let mut survey = Survey {
        lines: Lines::new(files),
        project: Project {
            files: files.iter().map(|(path, _)| path.clone()).collect(),
            tables: tables(replay),
            roles: replay.state.roles.iter().cloned().collect(),
            ..Project::default()
        },
    };
    for (index, live) in live.iter().enumerate() {
        survey.object(replay, live);
        match &bodies[index] {
            Some(_) => survey.function(replay, &known.outputs[index]),
            None => survey.parts(replay, live, &known),
        }
    }
    survey.project
}

fn tables(replay: &Replay<'_>) -> Vec<QualifiedName> {
    let known = replay.state.tables.keys().filter(|name| !name.is_unknown());
    let mut known: Vec<QualifiedName> = known.cloned().collect();
    known.sort();
    known
}

struct Survey<'f> {
    lines: Lines<'f>,
    project: Project,
}

impl Survey<'_> {
    fn object(&mut self, replay: &Replay<'_>, live: &Live<'_>) {
        let source = &replay.sources[live.at.source];
        let first = source.tokens.get(live.at.range.0);
        let offset = source.file_offset(first.map_or(0, |token| token.start));
        self.project.objects.push(Object {
            kind: live.kind.clone(),
            place: self.lines.place(source.file, offset),
            dynamic: source.dynamic || live.kind.is_unknown(),
            uncertain: live.uncertain,
        });
    }

    fn parts(&mut self, replay: &Replay<'_>, live: &Live<'_>, known: &Known) {
        for part in &live.parts {
            let code = Code::new(&replay.sources[part.source], part.range);
            let place = if live.kind.is_view() {
                Place::Query
            } else {
                Place::Expression
            };
            let setting = Setting {
                place,
                helpers: &known.helpers,
                arguments: &[],
                returns: "",
                search_path: replay.search_path(*part),
            };
            self.matched(replay, &Matcher::new(&code, setting).run());
        }
    }

    fn function(&mut self, replay: &Replay<'_>, outputs: &[Output]) {
        for output in outputs {
            self.matched(replay, output);
        }
    }

    /// Takes over what was found in the code of the last object.
    fn matched(&mut self, replay: &Replay<'_>, output: &Output) {
        let owner = self.project.objects.len() - 1;
        let dynamic = output.dynamic || self.project.objects[owner].dynamic;
        for found in &output.found {
            // Where the key is an argument, the calls tell it.
            if found
                .path
                .iter()
                .any(|step| matches!(step, Step::Argument(_)))
            {
                continue;
            }
            let place = self.lines.place(output.file, found.offset);
            let steps = found.path.iter().map(|step| match step {
                Step::Key(key) => key.clone(),
                Step::Element => "[]".to_owned(),
                Step::Argument(_) | Step::Unknown => "?".to_owned(),
            });
            let mut how = found.how.clone();
            if let Some(cast) = &mut how.cast
                && let Some(base) = replay.state.base_type(cast)
            {
                base.clone_into(cast);
            }
            let read = Read {
                path: steps.collect(),
                how,
                place,
                owner,
                through: found.through.clone(),
                dynamic,
                parsed: found.parsed,
            };
            let recent = self.project.reads.iter().rev().take(64);
            let mut recent = recent.take_while(|other| other.owner == owner);
            let same = recent.any(|other| {
                other.place == read.place && other.path == read.path && other.how == read.how
            });
            if !same {
                self.remark_read(&read);
                self.project.reads.push(read);
            }
        }
        for remark in &output.remarks {
            let place = self.lines.place(output.file, remark.offset);
            self.remark(&place, &remark.kind);
        }
    }
}
