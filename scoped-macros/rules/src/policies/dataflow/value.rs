//! What a value is.

use super::super::source::MappedText;
use super::claim_use::{Extraction, PathStep};

/// More of the token in one value is not told apart.
const MAX_PARTS: usize = 48;
/// More literals that one value may be are not listed.
const MAX_TEXTS: usize = 64;
/// Longer paths are made by loops.
pub(super) const MAX_PATH: usize = 24;

/// Something of the token.
#[derive(Clone, PartialEq, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each says one thing of it")]
pub(crate) struct TokenPart {
    pub(crate) path: Vec<PathStep>,
    pub(crate) extraction: Extraction,
    pub(crate) cast: Option<String>,
    /// Whether a text was parsed as JSON on the way.
    pub(crate) parsed: bool,
    /// The value is a list of these.
    pub(crate) many: bool,
    /// Only computed from it.
    pub(crate) derived: bool,
    /// The SQL has an answer for tokens without it.
    pub(crate) optional: bool,
    /// Nothing has reported it yet.
    pub(crate) fresh: bool,
    /// Where to report it, in the file.
    pub(crate) at: u32,
    /// The function that returned it.
    pub(crate) through: Option<String>,
    /// Perhaps not so: stored by code that perhaps does not run.
    pub(crate) dynamic: bool,
    /// The report of its being handed on, counted from 1; a further step makes that void.
    pub(crate) report: usize,
}

/// What an expression may be.
#[derive(Clone, Default, PartialEq, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each says one thing of it")]
pub(crate) struct Value {
    pub(crate) parts: Vec<TokenPart>,
    /// The literals that it may be.
    pub(crate) texts: Vec<MappedText>,
    /// The literals are numbers.
    pub(crate) number: bool,
    /// It may be anything else as well.
    pub(crate) other: bool,
    /// It depends on an argument of the function around, which nothing is known of.
    pub(crate) argument: bool,
    /// The columns of a row, or the members of an object that was built.
    pub(crate) fields: Vec<(String, Value)>,
    /// The type it was cast to.
    pub(crate) kind: Option<String>,
    /// It is a row, or may be one whose columns are not known.
    pub(crate) row: bool,
}

impl TokenPart {
    pub(crate) fn new(at: u32, path: Vec<PathStep>, extraction: Extraction) -> Self {
        Self {
            path,
            extraction,
            cast: None,
            parsed: false,
            many: false,
            derived: false,
            optional: false,
            fresh: true,
            at,
            through: None,
            dynamic: false,
            report: 0,
        }
    }

    pub(crate) fn step(&mut self, step: PathStep, extraction: Extraction) {
        if self.derived {
            return;
        }
        if self.path.len() >= MAX_PATH {
            self.path.truncate(MAX_PATH);
            self.path.push(PathStep::Unknown);
        } else {
            self.path.push(step);
        }
        self.extraction = extraction;
        self.cast = None;
        self.fresh = true;
    }

    /// `::kind`.
    pub(crate) fn cast(&mut self, kind: &str) {
        if self.derived || self.cast.is_some() {
            return;
        }
        let kind = if self.many {
            kind.strip_suffix("[]").unwrap_or(kind)
        } else {
            kind
        };
        match kind {
            "json" | "jsonb" => {
                self.parsed |= self.extraction == Extraction::Text;
                self.extraction = Extraction::Json;
            }
            "text" => {
                if self.extraction == Extraction::Json {
                    self.extraction = Extraction::JsonText;
                }
            }
            "" | "record" => {}
            _ => {
                self.cast = Some(kind.to_owned());
                self.fresh = true;
            }
        }
    }

    /// Whether something inside of it could still be asked for.
    pub(crate) fn is_open(&self) -> bool {
        !self.derived && self.cast.is_none() && self.extraction == Extraction::Json
            || self.path.is_empty() && !self.derived
    }
}

impl Value {
    /// Nothing of the token, and not known.
    pub(crate) fn other() -> Self {
        Self {
            other: true,
            ..Self::default()
        }
    }

    pub(crate) fn part(part: TokenPart) -> Self {
        Self {
            parts: vec![part],
            ..Self::default()
        }
    }

    pub(crate) fn text(text: MappedText) -> Self {
        Self {
            texts: vec![text],
            ..Self::default()
        }
    }

    pub(crate) fn literal(text: &str) -> Self {
        Self::text(MappedText {
            text: text.to_owned(),
            map: Vec::new(),
        })
    }

    /// The literals, if it can be nothing else.
    pub(crate) fn literals(&self) -> Option<Vec<String>> {
        let only = self.parts.is_empty() && !self.other && !self.argument && self.fields.is_empty();
        if !only || self.texts.is_empty() {
            return None;
        }
        let known = |text: &MappedText| !text.text.contains(super::super::name::UNKNOWN);
        let all = self.texts.iter().all(known);
        all.then(|| self.texts.iter().map(|text| text.text.clone()).collect())
    }

    /// Whether anything of the token is in it.
    pub(crate) fn has_token(&self) -> bool {
        !self.parts.is_empty() || self.fields.iter().any(|(_, field)| field.has_token())
    }

    /// Either of the two.
    pub(crate) fn or(mut self, other: Self) -> Self {
        for part in other.parts {
            let same = self.parts.iter().position(|known| {
                known.path == part.path
                    && known.at == part.at
                    && known.extraction == part.extraction
                    && known.cast == part.cast
                    && known.many == part.many
                    && known.derived == part.derived
            });
            match same {
                Some(known) => {
                    let known = &mut self.parts[known];
                    known.fresh |= part.fresh;
                    known.optional |= part.optional;
                }
                None if self.parts.len() < MAX_PARTS => self.parts.push(part),
                None => {
                    // Too much to tell apart: the whole token, so that nothing passes unseen.
                    self.parts.truncate(1);
                    self.parts[0] = TokenPart::new(part.at, Vec::new(), Extraction::Json);
                    break;
                }
            }
        }
        for text in other.texts {
            if self.texts.iter().any(|known| known.text == text.text) {
                continue;
            }
            if self.texts.len() < MAX_TEXTS {
                self.texts.push(text);
            } else {
                self.other = true;
            }
        }
        for (name, field) in other.fields {
            match self.fields.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = std::mem::take(known).or(field),
                None => self.fields.push((name, field)),
            }
        }
        self.number &= other.number;
        self.other |= other.other;
        self.argument |= other.argument;
        self.row |= other.row;
        self.kind = self.kind.filter(|kind| other.kind.as_ref() == Some(kind));
        self
    }

    /// Changes every part.
    pub(crate) fn each(mut self, mut change: impl FnMut(&mut TokenPart)) -> Self {
        self.parts.iter_mut().for_each(&mut change);
        self
    }

    /// Something that was computed from it: its parts are no longer what they were.
    pub(crate) fn derived(self) -> Self {
        let mut parts = self.parts;
        for (_, field) in self.fields {
            parts.extend(field.derived().parts);
        }
        parts.truncate(MAX_PARTS);
        for part in &mut parts {
            part.derived = true;
            part.fresh = false;
        }
        Self {
            parts,
            other: true,
            ..Self::default()
        }
    }

    /// The value of a column, or a member.
    pub(crate) fn field(&self, name: &str) -> Option<&Self> {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value)
    }

    /// The value as what a name that is bound to it stands for.
    pub(crate) fn seen_at(mut self, at: u32) -> Self {
        for part in &mut self.parts {
            part.at = at;
        }
        for (_, field) in &mut self.fields {
            *field = std::mem::take(field).seen_at(at);
        }
        self
    }

    /// The value as an argument: reported where the function uses it.
    pub(crate) fn into_argument_of_call(mut self) -> Self {
        self = self.into_argument();
        for part in &mut self.parts {
            part.fresh = !part.derived;
        }
        for (_, field) in &mut self.fields {
            *field = std::mem::take(field).into_argument_of_call();
        }
        self
    }

    /// Without what only matters where it was found: what calls with equal arguments have in common.
    pub(crate) fn into_argument(mut self) -> Self {
        for part in &mut self.parts {
            part.at = 0;
            part.through = None;
            part.report = 0;
            part.fresh = false;
        }
        for text in &mut self.texts {
            text.map.clear();
        }
        for (_, field) in &mut self.fields {
            *field = std::mem::take(field).into_argument();
        }
        self
    }
}
