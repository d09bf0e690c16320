//! From the live objects to their reads.

mod guard;
mod live;
mod remark;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::finding::{Finding, FindingKind, Severity};
use super::flow::{Context, Flow, Found, Output, Place, Step, Test};
use super::lines::Lines;
use super::name::QualifiedName;
use super::object::Object;
use super::read::{Project, Read};
use super::replay::{Expression, Replay};
use live::{Code, Live};
pub(crate) use remark::{is_auth_only, is_user_metadata, severity};

impl Project {
    /// Replays the files in this order, and reads what is live in the end. Never fails: what is no
    /// SQL is passed over.
    pub fn read(files: &[(PathBuf, String)]) -> Self {
        let mut replay = Replay::new();
        for (index, (path, text)) in files.iter().enumerate() {
            replay.file(index, path.parent(), text);
        }
        survey(&replay, files)
    }

    /// Says that a file was not read, or not as it is.
    pub fn skip(&mut self, file: &Path, why: &str) {
        self.findings.push(Finding {
            severity: Severity::Warning,
            kind: FindingKind::Skipped,
            path: Vec::new(),
            object: None,
            place: None,
            others: Vec::new(),
            text: format!("`{}` {why}", file.display()),
        });
    }
}

/// Reads every live object.
fn survey(replay: &Replay<'_>, files: &[(PathBuf, String)]) -> Project {
    let live = live::collect(replay);
    let mut flow = Flow::new(replay);
    // Functions first, in the order in which they were made: what a function calls is known by then. Twice,
    // if one keeps something in a setting that another asks for.
    for _ in 0..3 {
        for live in &live {
            if let Code::Function(id) = live.code {
                flow.function_alone(id);
            }
        }
        if !flow.settle() {
            break;
        }
    }
    let mut survey = Survey {
        lines: Lines::new(files),
        project: Project {
            files: files.iter().map(|(path, _)| path.clone()).collect(),
            tables: tables(replay),
            roles: replay.state.roles.iter().cloned().collect(),
            ..Project::default()
        },
        seen: HashSet::new(),
        said: HashSet::new(),
    };
    for live in &live {
        survey.object(replay, live);
        survey.code(replay, &mut flow, live);
    }
    survey.unguarded(replay);
    survey.project
}

fn tables(replay: &Replay<'_>) -> Vec<QualifiedName> {
    let known = replay.state.table_names.keys();
    let mut known: Vec<QualifiedName> = known.filter(|name| !name.is_unknown()).cloned().collect();
    known.sort();
    known
}

struct Survey<'f> {
    lines: Lines<'f>,
    project: Project,
    /// The reads of the last object.
    seen: HashSet<Found>,
    /// What was said of the last object.
    said: HashSet<String>,
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
            reach: live.reach,
            also_on: live.also_on.clone(),
            restrictive: matches!(live.code, Code::Policy(policy) if policy.restrictive),
        });
        self.seen.clear();
        self.said.clear();
    }

    fn code(&mut self, replay: &Replay<'_>, flow: &mut Flow<'_>, live: &Live<'_>) {
        match live.code {
            Code::Policy(policy) => {
                for clauses in policy.versions() {
                    for expression in clauses.using.iter().chain(&clauses.check) {
                        self.expression(replay, flow, expression, Place::Policy);
                    }
                }
            }
            Code::Expression(expression) => self.expression(replay, flow, expression, Place::Other),
            Code::View(id) => {
                if let Some(output) = flow.view_of(id) {
                    self.matched(replay, live.at.source, &output);
                }
            }
            Code::Function(id) => {
                let output = flow.function_alone(id);
                self.matched(replay, live.at.source, &output);
            }
        }
    }

    fn expression(
        &mut self,
        replay: &Replay<'_>,
        flow: &mut Flow<'_>,
        expression: &Expression,
        place: Place,
    ) {
        let context = Context {
            place,
            search_path: replay.search_path(expression.part),
            bound: Some(&expression.bound),
            function: None,
        };
        let output = flow.expression(&expression.node, context);
        self.matched(replay, expression.part.source, &output);
    }

    /// Takes over what was found in the code of the last object.
    fn matched(&mut self, replay: &Replay<'_>, source: usize, output: &Output) {
        let source = &replay.sources[source];
        let owner = self.project.objects.len() - 1;
        let dynamic = source.dynamic || self.project.objects[owner].dynamic;
        for found in &output.found {
            if found.path.contains(&Step::Argument) || !self.seen.insert(found.clone()) {
                continue;
            }
            let place = self.lines.place(source.file, found.at);
            let steps = found.path.iter().map(|step| match step {
                Step::Key(key) => key.clone(),
                Step::Element => "[]".to_owned(),
                Step::Argument | Step::Unknown => "?".to_owned(),
            });
            let asked = output.asked.iter().any(|path| found.path.starts_with(path));
            let labels = found
                .how
                .cast
                .as_ref()
                .and_then(|cast| replay.state.labels(cast));
            let read = Read {
                path: steps.collect(),
                how: found.how.clone(),
                place,
                owner,
                through: found.through.clone(),
                dynamic: dynamic || found.dynamic,
                parsed: found.parsed,
                optional: found.optional
                    || asked
                    || found.handed_on && found.how.test == Test::None,
                soft: found.soft,
                labels: labels.map(<[_]>::to_vec),
            };
            self.remark_read(&read);
            self.project.reads.push(read);
        }
        for remark in &output.remarks {
            let place = self.lines.place(source.file, remark.at);
            self.remark(&place, remark);
        }
    }
}
