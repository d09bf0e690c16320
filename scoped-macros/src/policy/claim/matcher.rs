use std::collections::HashMap;

use super::binding::Binding;
use super::code::{Code, NONE};
use super::model::{Found, Helper, Remark, RemarkKind, Returned, Step, Test, Use, Value};

/// A name that is bound to a name that is bound to ...
const MAX_ROUNDS: usize = 6;
const MAX_BINDINGS: usize = 64;

/// The functions of which at least one of the name hands a read on, by name: with their schema.
pub(crate) type Helpers = HashMap<String, Vec<(String, Helper)>>;

/// What kind of code is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// An expression, of a policy or a default.
    Expression,
    /// The query of a view, or anything that returns nothing.
    Query,
    /// The body of a function in SQL.
    Sql,
    /// The body of a function in PL/pgSQL or another language with statements.
    Procedural,
}

/// What is known around the code.
#[derive(Clone, Copy)]
pub(crate) struct Setting<'e> {
    pub(crate) place: Place,
    pub(crate) helpers: &'e Helpers,
    /// The names of the arguments of the function whose body it is.
    pub(crate) arguments: &'e [String],
    /// What it returns.
    pub(crate) returns: &'e str,
    /// The schemas where names without one are found; none means `public`.
    pub(crate) search_path: &'e [String],
}

/// Finds the reads of one piece of code.
pub(crate) struct Matcher<'e> {
    pub(crate) code: &'e Code<'e>,
    pub(crate) setting: Setting<'e>,
    pub(crate) bindings: Vec<Binding>,
    pub(crate) found: Vec<Found>,
    pub(crate) remarks: Vec<Remark>,
    pub(crate) returned: Vec<Returned>,
    /// The types of the variables, once somebody asked.
    pub(crate) declared: Option<HashMap<String, String>>,
}

/// What was found in one piece of code.
pub(crate) struct Output {
    pub(crate) file: usize,
    pub(crate) dynamic: bool,
    pub(crate) found: Vec<Found>,
    pub(crate) remarks: Vec<Remark>,
    pub(crate) returned: Vec<Returned>,
}

impl<'e> Matcher<'e> {
    pub(crate) fn new(code: &'e Code<'e>, setting: Setting<'e>) -> Self {
        Self {
            code,
            setting,
            bindings: Vec::new(),
            found: Vec::new(),
            remarks: Vec::new(),
            returned: Vec::new(),
            declared: None,
        }
    }

    pub(crate) fn run(mut self) -> Output {
        let mut at = 0;
        while at < self.code.len {
            for value in self.root(at) {
                self.walk(value);
            }
            at += 1;
        }
        // Names may stand before what binds them, so they wait until all roots are known.
        let mut known = 0;
        for _ in 0..MAX_ROUNDS {
            let fresh = known..self.bindings.len();
            if fresh.is_empty() {
                break;
            }
            known = fresh.end;
            for at in 0..self.code.len {
                for binding in fresh.clone() {
                    if let Some(value) = self.occurrence(at, binding) {
                        self.walk(value);
                    }
                }
            }
        }
        self.output()
    }

    fn output(mut self) -> Output {
        let code = self.code;
        let mut found = std::mem::take(&mut self.found);
        for found in &mut found {
            found.offset = code.file_offset(found.root);
        }
        for remark in &mut self.remarks {
            remark.offset = code.file_offset(remark.root);
        }
        Output {
            file: code.source.file,
            dynamic: code.source.dynamic,
            found,
            remarks: self.remarks,
            returned: self.returned,
        }
    }

    pub(crate) fn bind(&mut self, binding: Binding) {
        let same = |known: &Binding| {
            known.name == binding.name
                && known.qualifier == binding.qualifier
                && known.value.path == binding.value.path
                && known.value.shape == binding.value.shape
        };
        if self.bindings.len() < MAX_BINDINGS && !self.bindings.iter().any(same) {
            self.bindings.push(binding);
        }
    }

    /// Reports a read.
    pub(crate) fn emit(&mut self, value: &Value, test: Test) {
        if !value.news && matches!(test, Test::None | Test::Null) {
            return;
        }
        let root = value.root;
        if let Some(known) = value.path.iter().position(|step| *step == Step::Unknown) {
            let kind = RemarkKind::UnknownKey(value.path[..known].to_vec());
            self.remark(root, kind);
            return;
        }
        if value.path.is_empty() {
            if test == Test::None {
                let kind = RemarkKind::Whole;
                self.remark(root, kind);
            }
            return;
        }
        let mut test = test;
        if let Test::Equal(literals) | Test::NotEqual(literals) = &mut test {
            literals.retain(|literal| !value.fallbacks.contains(literal));
            if literals.is_empty() {
                test = Test::None;
            }
        }
        self.found.push(Found {
            root,
            offset: 0,
            path: value.path.clone(),
            how: Use {
                shape: value.shape,
                cast: value.cast.clone(),
                test,
            },
            through: value.through.clone(),
            parsed: value.parsed,
        });
    }

    /// Reports what a name or a caller gets: a read if it is one, and nothing for the whole token.
    pub(crate) fn emit_handed_on(&mut self, value: &Value) {
        if !value.path.is_empty() {
            self.emit(value, Test::None);
        }
    }

    pub(crate) fn remark(&mut self, root: usize, kind: RemarkKind) {
        self.remarks.push(Remark {
            root,
            offset: 0,
            kind,
        });
    }

    /// Whether a `(select ..)` without FROM stands around: then Postgres asks once, not for each row.
    pub(crate) fn is_wrapped(&self, at: usize) -> bool {
        let mut open = self.code.parent(at);
        for _ in 0..64 {
            if open == NONE {
                return false;
            }
            if self.code.is(open + 1, "select") {
                let close = self.code.pair(open);
                let mut next = open + 1;
                let mut plain = true;
                for _ in 0..256 {
                    next = self.code.after(next);
                    if next >= close {
                        break;
                    }
                    plain &= !self.code.is(next, "from");
                }
                if plain {
                    return true;
                }
            }
            open = self.code.parent(open);
        }
        false
    }
}
