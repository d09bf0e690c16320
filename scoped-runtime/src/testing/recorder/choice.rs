use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::json;

use super::{Answer, Recorded, Recorder};

/// Sets the answers to the requests of one path; [`Recorder::at`] returns it.
#[derive(Debug)]
#[must_use = "say what is answered, with `answer`, `answers` or `answer_with`"]
pub struct PathAnswers<'r> {
    recorder: &'r Recorder,
    method: Option<String>,
    path: String,
}

impl Recorder {
    /// Answers every request like this from now on, except those of a path that has answers of its own.
    pub fn answer(&self, answer: impl Into<Answer>) {
        self.at("/*").answer(answer);
    }

    /// Answers the requests with these answers in turn from now on, and repeats the last one, except those of a
    /// path that has answers of its own.
    ///
    /// ```
    /// # use scoped_runtime::testing::{Answer, Recorder};
    /// # use serde_json::json;
    /// # let recorder = Recorder::start_blocking()?;
    /// recorder.answers([Answer::expired_token(), Answer::from(json!([]))]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Panics
    /// When the list is empty.
    #[track_caller]
    pub fn answers<A: Into<Answer>>(&self, answers: impl IntoIterator<Item = A>) {
        self.at("/*").answers(answers);
    }

    /// Answers each request with what the function returns for it, except those of a path that has answers of
    /// its own. The function runs on the threads of the recorder and must not block.
    pub fn answer_with(&self, answer: impl Fn(&Recorded) -> Answer + Send + Sync + 'static) {
        self.at("/*").answer_with(answer);
    }

    /// Begins the answers to the requests of one path, as it is sent, without the query. A `*` at the end stands
    /// for any rest. The longest path that fits a request decides, and with a method before without one. A path
    /// that has answers already gets new ones.
    ///
    /// ```
    /// # use scoped_runtime::testing::{Answer, Recorder};
    /// # use serde_json::json;
    /// # let recorder = Recorder::start_blocking()?;
    /// recorder.at("/rest/v1/notes").answer(json!([{ "id": 1 }]));
    /// recorder.at("/rest/v1/notes").method("DELETE").answer(Answer::new(204));
    /// recorder.at("/storage/v1/*").answer(Answer::new(503));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn at(&self, path: &str) -> PathAnswers<'_> {
        PathAnswers {
            recorder: self,
            method: None,
            path: path.to_owned(),
        }
    }
}

impl PathAnswers<'_> {
    /// Only the requests with this method.
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Answers the requests like this.
    pub fn answer(self, answer: impl Into<Answer>) {
        self.set(Source::InTurn(VecDeque::from([answer.into()])));
    }

    /// Answers the requests with these answers in turn, and repeats the last one.
    ///
    /// # Panics
    /// When the list is empty.
    #[track_caller]
    pub fn answers<A: Into<Answer>>(self, answers: impl IntoIterator<Item = A>) {
        let answers: VecDeque<Answer> = answers.into_iter().map(Into::into).collect();
        assert!(!answers.is_empty(), "at least one answer is needed");
        self.set(Source::InTurn(answers));
    }

    /// Answers each request with what the function returns for it. The function runs on the threads of the
    /// recorder and must not block.
    pub fn answer_with(self, answer: impl Fn(&Recorded) -> Answer + Send + Sync + 'static) {
        self.set(Source::Function(Arc::new(answer)));
    }

    fn set(self, source: Source) {
        let Self {
            recorder,
            method,
            path,
        } = self;
        let choice = Choice {
            method,
            path,
            source,
        };
        recorder.0.state.set_answers(choice);
    }
}

/// The answers to the requests of a method and a path.
pub(super) struct Choice {
    method: Option<String>,
    path: String,
    source: Source,
}

enum Source {
    InTurn(VecDeque<Answer>),
    Function(Arc<dyn Fn(&Recorded) -> Answer + Send + Sync>),
}

/// What the lock of the choices gives: the answer, or the function to be called once the lock is released.
pub(super) enum Chosen {
    Answer(Answer),
    Function(Arc<dyn Fn(&Recorded) -> Answer + Send + Sync>),
}

impl Choice {
    pub(super) fn is_for_same(&self, other: &Self) -> bool {
        self.method == other.method && self.path == other.path
    }

    fn fits(&self, method: &str, path: &str) -> bool {
        self.method.as_deref().is_none_or(|own| own == method) && fits(&self.path, path)
    }

    /// The choice with the highest rank decides.
    fn rank(&self) -> (bool, usize, bool) {
        let is_exact = !self.path.ends_with('*');
        (is_exact, self.path.len(), self.method.is_some())
    }

    fn next(&mut self) -> Chosen {
        match &mut self.source {
            Source::Function(function) => Chosen::Function(Arc::clone(function)),
            Source::InTurn(answers) => {
                let next = if answers.len() > 1 {
                    answers.pop_front()
                } else {
                    answers.front().cloned()
                };
                Chosen::Answer(next.unwrap_or_else(no_rows))
            }
        }
    }
}

/// Whether a path is the one of a pattern, in which `*` at the end stands for any rest.
pub(super) fn fits(pattern: &str, path: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => path.starts_with(start),
        None => path == pattern,
    }
}

/// The next answer to a request.
pub(super) fn choose(choices: &mut [Choice], method: &str, path: &str) -> Chosen {
    let fitting = choices
        .iter_mut()
        .filter(|choice| choice.fits(method, path));
    fitting
        .max_by_key(|choice| choice.rank())
        .map_or_else(|| Chosen::Answer(no_rows()), Choice::next)
}

fn no_rows() -> Answer {
    json!([]).into()
}
