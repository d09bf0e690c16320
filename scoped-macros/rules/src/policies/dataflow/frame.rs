use super::super::replay::NameBindings;
use super::claim_use::{PathStep, RawFinding, RawRead};
use super::value::Value;

/// The kind of code that is evaluated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CodeKind {
    /// An expression of a policy.
    Policy,
    /// An expression or a query of another object.
    Other,
}

/// The context of the code.
#[derive(Clone, Copy)]
pub(crate) struct EvaluationContext<'c> {
    pub(crate) code: CodeKind,
    /// The search path; an empty one means `public`.
    pub(crate) search_path: &'c [String],
    /// The objects that names denoted when the code was parsed; `None` for the body of a function, which is
    /// parsed when it runs.
    pub(crate) bound: Option<&'c NameBindings>,
    /// The function whose body the code is.
    pub(crate) function: Option<usize>,
}

/// The result of evaluating one piece of code.
#[derive(Clone, Default, Debug)]
pub(crate) struct Output {
    pub(crate) found: Vec<RawRead>,
    pub(crate) findings: Vec<RawFinding>,
    /// The paths that `?` tests for existence.
    pub(crate) asked: Vec<Vec<PathStep>>,
    /// The value that the function returns.
    pub(crate) returned: Value,
    /// The values that are stored in tables: the table, the column and the value.
    pub(crate) stored: Vec<(String, String, Value)>,
}

/// An item of FROM, with the values of its columns, as far as they come from the token.
#[derive(Clone, Debug)]
pub(super) struct FromBinding {
    pub(super) alias: String,
    pub(super) columns: Vec<(String, Value)>,
    /// The value of the alias itself.
    pub(super) whole: Value,
}

/// The names of one query or block.
#[derive(Clone, Default, Debug)]
pub(super) struct Scope {
    /// The variables, with their declared types.
    pub(super) variables: Vec<(String, String, Value)>,
    pub(super) tables: Vec<FromBinding>,
    /// The common table expressions.
    pub(super) common: Vec<(String, Vec<(String, Value)>)>,
}

/// The state of the evaluation of one piece of code.
pub(super) struct Frame<'c> {
    pub(super) context: EvaluationContext<'c>,
    pub(super) scopes: Vec<Scope>,
    pub(super) arguments: Vec<(String, Value)>,
    /// The columns of the rows that the function returns: its OUT parameters or those of RETURNS TABLE.
    pub(super) out: Vec<(String, String)>,
    /// The type that the function returns.
    pub(super) returns: String,
    pub(super) output: Output,
    /// The numbers, from 1 on, of reported reads that a further step has replaced.
    pub(super) void: Vec<usize>,
    /// The number of enclosing `(select ..)` without FROM.
    pub(super) wrapped: usize,
    /// Whether the code is dynamic SQL.
    pub(super) dynamic: bool,
    pub(super) procedural: bool,
}

impl<'c> Frame<'c> {
    pub(super) fn new(context: EvaluationContext<'c>) -> Self {
        Self {
            context,
            scopes: vec![Scope::default()],
            arguments: Vec::new(),
            out: Vec::new(),
            returns: String::new(),
            output: Output::default(),
            void: Vec::new(),
            wrapped: 0,
            dynamic: false,
            procedural: false,
        }
    }

    pub(super) fn scope(&mut self) -> &mut Scope {
        if self.scopes.is_empty() {
            self.scopes.push(Scope::default());
        }
        let last = self.scopes.len() - 1;
        &mut self.scopes[last]
    }

    /// The value of a name, if it is bound to one.
    pub(super) fn lookup(&self, name: &[String], at: u32) -> Option<Value> {
        let value = match name {
            [name] => self.bare(name),
            [.., table, column] => self.qualified(table, column),
            [] => None,
        };
        value.map(|value| value.seen_at(at))
    }

    fn bare(&self, name: &str) -> Option<Value> {
        for scope in self.scopes.iter().rev() {
            for table in &scope.tables {
                if let Some((_, value)) = table.columns.iter().find(|(known, _)| known == name) {
                    return Some(value.clone());
                }
            }
            if let Some(table) = scope.tables.iter().find(|table| table.alias == name) {
                return Some(table.whole.clone());
            }
            let mut variables = scope.variables.iter().rev();
            if let Some((.., value)) = variables.find(|(known, ..)| known == name) {
                return Some(value.clone());
            }
        }
        self.argument(name)
    }

    fn qualified(&self, table: &str, column: &str) -> Option<Value> {
        for scope in self.scopes.iter().rev() {
            if let Some(table) = scope.tables.iter().find(|known| known.alias == table) {
                if column == "*" {
                    return Some(table.whole.clone());
                }
                let found = table.columns.iter().find(|(known, _)| known == column);
                return found.map(|(_, value)| value.clone());
            }
            let mut variables = scope.variables.iter().rev();
            if let Some((.., value)) = variables.find(|(known, ..)| known == table) {
                return match value.field(column) {
                    Some(field) => Some(field.clone()),
                    None if column == "*" => Some(value.clone()),
                    None if value.argument => Some(Value {
                        argument: true,
                        ..Value::default()
                    }),
                    None => None,
                };
            }
        }
        if let Some(row) = self.argument(table) {
            return Some(row.field(column).cloned().unwrap_or(Value {
                argument: row.argument,
                other: true,
                ..Value::default()
            }));
        }
        // `function.argument`.
        self.argument(column)
            .filter(|_| self.context.function.is_some())
    }

    fn argument(&self, name: &str) -> Option<Value> {
        let found = self.arguments.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone())
    }

    /// The columns of the common table expression with this name.
    pub(super) fn common(&self, name: &str) -> Option<&[(String, Value)]> {
        let mut all = self
            .scopes
            .iter()
            .rev()
            .flat_map(|scope| scope.common.iter().rev());
        let found = all.find(|(known, _)| known == name);
        found.map(|(_, columns)| &columns[..])
    }

    pub(super) fn declare(&mut self, name: &str, kind: &str, value: Value) {
        let scope = self.scope();
        scope.variables.retain(|(known, ..)| known != name);
        scope
            .variables
            .push((name.to_owned(), kind.to_owned(), value));
    }

    /// The variable with this name in the innermost scope that declares it.
    pub(super) fn variable(&mut self, name: &str) -> Option<&mut (String, String, Value)> {
        let scopes = self.scopes.iter_mut().rev();
        let mut all = scopes.flat_map(|scope| scope.variables.iter_mut().rev());
        all.find(|(known, ..)| known == name)
    }
}
