//! The values that expressions may have.

use super::super::source::MappedText;
use super::claim_use::{Extraction, PathStep};

/// The most parts of the token in one value that are distinguished.
const MAX_PARTS: usize = 48;
/// The most literals that one value may have.
const MAX_TEXTS: usize = 64;
/// The longest path; a loop produces longer ones.
pub(super) const MAX_PATH: usize = 24;

/// A part of the token.
#[derive(Clone, PartialEq, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each says one thing of it")]
pub(crate) struct TokenPart {
    pub(crate) path: Vec<PathStep>,
    pub(crate) extraction: Extraction,
    pub(crate) cast: Option<String>,
    /// Whether a text was parsed as JSON on the way.
    pub(crate) parsed: bool,
    /// Whether the value is a list of such parts.
    pub(crate) many: bool,
    /// Whether the value is computed from the part, and not the part itself.
    pub(crate) derived: bool,
    /// Whether the SQL handles tokens without the part.
    pub(crate) optional: bool,
    /// Whether no read has been reported for it yet.
    pub(crate) fresh: bool,
    /// The offset in the file where it is reported.
    pub(crate) at: u32,
    /// The function that returned it.
    pub(crate) through: Option<String>,
    /// Whether code that may not run stored it.
    pub(crate) dynamic: bool,
    /// The number, from 1 on, of the report that it was stored or returned. A further step withdraws that
    /// report.
    pub(crate) report: usize,
}

/// The values that an expression may have.
#[derive(Clone, Default, PartialEq, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each says one thing of it")]
pub(crate) struct Value {
    pub(crate) parts: Vec<TokenPart>,
    /// The literals that it may be.
    pub(crate) texts: Vec<MappedText>,
    /// Whether the literals are numbers.
    pub(crate) number: bool,
    /// Whether it may be an unknown value too.
    pub(crate) other: bool,
    /// Whether it depends on an unknown argument of the enclosing function.
    pub(crate) argument: bool,
    /// The columns of a row, or the members of an object that the SQL builds.
    pub(crate) fields: Vec<(String, Value)>,
    /// The type that it is cast to.
    pub(crate) kind: Option<String>,
    /// Whether it is a row, or may be a row with unknown columns.
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

    /// Applies a cast.
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

    /// Whether members of it can still be read.
    pub(crate) fn is_open(&self) -> bool {
        !self.derived && self.cast.is_none() && self.extraction == Extraction::Json
            || self.path.is_empty() && !self.derived
    }
}

impl Value {
    /// An unknown value that does not come from the token.
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

    /// The literals, if it cannot be anything else.
    pub(crate) fn literals(&self) -> Option<Vec<String>> {
        let only = self.parts.is_empty() && !self.other && !self.argument && self.fields.is_empty();
        if !only || self.texts.is_empty() {
            return None;
        }
        let known = |text: &MappedText| !text.text.contains(super::super::name::UNKNOWN);
        let all = self.texts.iter().all(known);
        all.then(|| self.texts.iter().map(|text| text.text.clone()).collect())
    }

    /// Whether it contains a part of the token.
    pub(crate) fn has_token(&self) -> bool {
        !self.parts.is_empty() || self.fields.iter().any(|(_, field)| field.has_token())
    }

    /// A value that is either of the two.
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
                    // Too many parts to distinguish: the value becomes the whole token, so that no read is
                    // missed.
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

    /// A value that is computed from this one.
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

    /// The value of a column or member.
    pub(crate) fn field(&self, name: &str) -> Option<&Self> {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value)
    }

    /// The value with its place at the name that is bound to it.
    pub(crate) fn seen_at(mut self, at: u32) -> Self {
        for part in &mut self.parts {
            part.at = at;
        }
        for (_, field) in &mut self.fields {
            *field = std::mem::take(field).seen_at(at);
        }
        self
    }

    /// The value as an argument: it is reported where the function uses it.
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

    /// The value without its places, so that calls with equal arguments are equal.
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
