//! Collects the claims that live objects read.

mod live_objects;
mod policy_roles;
mod read_findings;
mod rls_disabled;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::dataflow::{
    CodeKind, Dataflow, EvaluationContext, Output, PathStep, Predicate, RawRead,
};
use super::finding::{Finding, FindingKind, Severity};
use super::line_index::LineIndex;
use super::name::QualifiedName;
use super::object::Object;
use super::project::{ClaimRead, Project};
use super::replay::{Expression, Replay};
use live_objects::{LiveObject, ObjectCode};
pub(crate) use read_findings::{is_auth_only, is_user_metadata, severity};

impl Project {
    /// Reads SQL files, which must be in the order in which they run, and collects what the live objects
    /// read. It never fails: it skips text that is not SQL.
    pub fn read(files: &[(PathBuf, String)]) -> Self {
        let mut replay = Replay::new();
        for (index, (path, text)) in files.iter().enumerate() {
            replay.file(index, path.parent(), text);
        }
        collect_reads(&replay, files)
    }

    /// Reports a file that was not read, or only with replacements for bytes that are not UTF-8. `why`
    /// continues a sentence that begins with the name of the file.
    pub fn skip(&mut self, file: &Path, why: &str) {
        self.findings.push(Finding {
            severity: Severity::Warning,
            kind: FindingKind::Skipped,
            path: Vec::new(),
            object: None,
            location: None,
            other_locations: Vec::new(),
            text: format!("`{}` {why}", file.display()),
        });
    }
}

/// Collects the reads of every live object.
fn collect_reads(replay: &Replay<'_>, files: &[(PathBuf, String)]) -> Project {
    let live = live_objects::collect(replay);
    let mut flow = Dataflow::new(replay);
    // Functions are evaluated first, in the order in which they are created, so that a function is known
    // before its calls. A setting that one function sets and another reads needs further rounds.
    for _ in 0..3 {
        for live in &live {
            if let ObjectCode::Function(id) = live.code {
                flow.function_alone(id);
            }
        }
        if !flow.settle() {
            break;
        }
    }
    let mut collector = ReadCollector {
        lines: LineIndex::new(files),
        project: Project {
            files: files.iter().map(|(path, _)| path.clone()).collect(),
            tables: tables(replay),
            roles: replay.catalog.roles.iter().cloned().collect(),
            ..Project::default()
        },
        seen: HashSet::new(),
        said: HashSet::new(),
    };
    for live in &live {
        collector.object(replay, live);
        collector.policy_roles(replay, live);
        collector.code(replay, &mut flow, live);
    }
    collector.unguarded(replay);
    collector.project
}

fn tables(replay: &Replay<'_>) -> Vec<QualifiedName> {
    let known = replay.catalog.table_names.keys();
    let mut known: Vec<QualifiedName> = known.filter(|name| !name.is_unknown()).cloned().collect();
    known.sort();
    known
}

struct ReadCollector<'f> {
    lines: LineIndex<'f>,
    project: Project,
    /// The reads of the last object, to report each once.
    seen: HashSet<RawRead>,
    /// The findings about the last object, to report each once.
    said: HashSet<String>,
}

impl ReadCollector<'_> {
    fn object(&mut self, replay: &Replay<'_>, live: &LiveObject<'_>) {
        let source = &replay.sources[live.at.source];
        let first = source.tokens.get(live.at.range.0);
        let offset = source.file_offset(first.map_or(0, |token| token.start));
        self.project.objects.push(Object {
            kind: live.kind.clone(),
            location: self.lines.location(source.file, offset),
            dynamic: source.dynamic || live.kind.is_unknown(),
            uncertain: live.uncertain,
            role_match: live.role_match,
            also_on: live.also_on.clone(),
            restrictive: matches!(live.code, ObjectCode::Policy(policy) if policy.restrictive),
        });
        self.seen.clear();
        self.said.clear();
    }

    fn code(&mut self, replay: &Replay<'_>, flow: &mut Dataflow<'_>, live: &LiveObject<'_>) {
        match live.code {
            ObjectCode::Policy(policy) => {
                for clauses in policy.versions() {
                    for expression in clauses.using.iter().chain(&clauses.check) {
                        self.expression(replay, flow, expression, CodeKind::Policy);
                    }
                }
            }
            ObjectCode::Expression(expression) => {
                self.expression(replay, flow, expression, CodeKind::Other);
            }
            ObjectCode::View(id) => {
                if let Some(output) = flow.view_of(id) {
                    self.matched(replay, live.at.source, &output);
                }
            }
            ObjectCode::Function(id) => {
                let output = flow.function_alone(id);
                self.matched(replay, live.at.source, &output);
            }
        }
    }

    fn expression(
        &mut self,
        replay: &Replay<'_>,
        flow: &mut Dataflow<'_>,
        expression: &Expression,
        code: CodeKind,
    ) {
        let context = EvaluationContext {
            code,
            search_path: replay.search_path(expression.part),
            bound: Some(&expression.bound),
            function: None,
        };
        let output = flow.expression(&expression.node, context);
        self.matched(replay, expression.part.source, &output);
    }

    /// Records the reads and findings in the code of the last object.
    fn matched(&mut self, replay: &Replay<'_>, source: usize, output: &Output) {
        let source = &replay.sources[source];
        let owner = self.project.objects.len() - 1;
        let dynamic = source.dynamic || self.project.objects[owner].dynamic;
        for found in &output.found {
            if found.path.contains(&PathStep::Argument) || !self.seen.insert(found.clone()) {
                continue;
            }
            let location = self.lines.location(source.file, found.at);
            let steps = found.path.iter().map(|step| match step {
                PathStep::Key(key) => key.clone(),
                PathStep::Element => "[]".to_owned(),
                PathStep::Argument | PathStep::Unknown => "?".to_owned(),
            });
            let asked = output.asked.iter().any(|path| found.path.starts_with(path));
            let labels = found
                .usage
                .cast
                .as_ref()
                .and_then(|cast| replay.catalog.labels(cast));
            let read = ClaimRead {
                path: steps.collect(),
                usage: found.usage.clone(),
                location,
                owner,
                through: found.through.clone(),
                dynamic: dynamic || found.dynamic,
                parsed: found.parsed,
                optional: found.optional
                    || asked
                    || found.handed_on && found.usage.predicate == Predicate::None,
                ambiguous: found.ambiguous,
                labels: labels.map(<[_]>::to_vec),
            };
            self.remark_read(&read);
            self.project.reads.push(read);
        }
        for remark in &output.findings {
            let location = self.lines.location(source.file, remark.at);
            self.remark(&location, remark);
        }
    }
}
