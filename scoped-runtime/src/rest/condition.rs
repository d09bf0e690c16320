use std::fmt;

use super::comparison::{Comparison, Restriction};
use super::mistake::Mistake;

/// One condition inside [`Query::or`](crate::Query::or) or [`Query::and`](crate::Query::and). No value
/// in it can close a list or add a condition. A mistake in it is reported when the query is sent.
///
/// The conditions of a group are about one table: the query's own, or an embedded one.
///
/// See <https://docs.postgrest.org/en/stable/references/api/tables_views.html#logical-operators>.
///
/// ```
/// use scoped_runtime::Condition;
///
/// let cheap = Condition::and([Condition::lt("price", 10), Condition::is_null("sold_at")]);
/// assert_eq!(cheap.to_string(), "and(price.lt.10,sold_at.is.null)");
/// assert_eq!(
///     (!Condition::eq("name", "x,owner.not.is.null")).to_string(),
///     r#"name.not.eq."x,owner.not.is.null""#,
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition(Result<Tree, Mistake>);

/// What holds already as text, so that no depth of nesting costs stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tree {
    /// The path of the embedded table that it is about; empty for the query's own.
    pub(super) table: String,
    pub(super) negated: bool,
    pub(super) node: Node,
    pub(super) restricts: Restriction,
    depth: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// `field` and `eq.x`
    Test { field: String, test: String },
    /// `and` and `a.eq.1,b.eq.2`
    Group { operator: Operator, list: String },
    /// Holds for no row.
    AlwaysFalse { field: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    And,
    Or,
}

impl Operator {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::And => "and",
            Self::Or => "or",
        }
    }
}

/// How deep conditions may be nested.
const MAX_DEPTH: usize = 64;

impl Condition {
    /// All of these.
    pub fn and(members: impl IntoIterator<Item = Self>) -> Self {
        Self::group(Operator::And, members)
    }

    /// At least one of these.
    pub fn or(members: impl IntoIterator<Item = Self>) -> Self {
        Self::group(Operator::Or, members)
    }

    pub(super) fn of(comparison: Result<Comparison<'_>, Mistake>) -> Self {
        Self(comparison.map(|comparison| {
            let restricts = comparison.restricts();
            let table = comparison.column.table.as_ref().to_owned();
            let field = comparison.column.field.as_ref().to_owned();
            let (node, negated) = if let Some(holds) = comparison.constant() {
                (Node::AlwaysFalse { field }, holds)
            } else {
                let mut test = String::new();
                comparison.push_condition(&mut test);
                (Node::Test { field, test }, comparison.negated)
            };
            Tree {
                table,
                negated,
                node,
                restricts,
                depth: 2,
            }
        }))
    }

    pub(super) fn group(operator: Operator, members: impl IntoIterator<Item = Self>) -> Self {
        Self(Tree::group(operator, members))
    }

    pub(super) fn tree(self) -> Result<Tree, Mistake> {
        self.0
    }
}

impl Tree {
    /// Members that hold always, or never, are resolved here.
    fn group(
        operator: Operator,
        members: impl IntoIterator<Item = Condition>,
    ) -> Result<Self, Mistake> {
        // What ends the group: one that never holds in `and`, one that always holds in `or`.
        let ends = operator == Operator::Or;
        let mut group: Option<Self> = None;
        let mut constant: Option<Self> = None;
        for Condition(member) in members {
            let member = member?;
            match member.constant() {
                Some(holds) if holds == ends => {
                    constant = Some(member);
                    group = None;
                    break;
                }
                Some(_) => {
                    constant = Some(member);
                    continue;
                }
                None => {}
            }
            let Some(group) = &mut group else {
                group = Some(Self {
                    depth: member.depth + 1,
                    node: Node::Group {
                        operator,
                        list: member.text(),
                    },
                    negated: false,
                    table: member.table,
                    restricts: member.restricts,
                });
                continue;
            };
            if group.table != member.table {
                return Err(Mistake::new(
                    format!(
                        "conditions of {} and of {} stand in one group",
                        describe_table(&group.table),
                        describe_table(&member.table)
                    ),
                    "PostgREST filters one table by a group: write a group for each table",
                ));
            }
            let (mine, its) = (&mut group.restricts, member.restricts);
            *mine = match operator {
                Operator::And => Restriction {
                    itself: mine.itself || its.itself,
                    opposite: mine.opposite && its.opposite,
                },
                Operator::Or => Restriction {
                    itself: mine.itself && its.itself,
                    opposite: mine.opposite || its.opposite,
                },
            };
            group.depth = group.depth.max(member.depth + 1);
            if let Node::Group { list, .. } = &mut group.node {
                list.push(',');
                member.push(list);
            }
        }
        let tree = match (group, constant) {
            (Some(group), _) => group,
            (None, Some(constant)) => constant,
            (None, None) => {
                return Err(Mistake::new(
                    format!("`{}` has no condition", operator.text()),
                    "name at least one, or leave it out",
                ));
            }
        };
        if tree.depth > MAX_DEPTH {
            return Err(Mistake::new(
                format!("conditions are nested deeper than {MAX_DEPTH}"),
                "flatten them, or filter in a function and call it with `rpc`",
            ));
        }
        Ok(tree)
    }

    /// Whether it holds for every row, or for none, if that is known.
    pub(super) fn constant(&self) -> Option<bool> {
        matches!(self.node, Node::AlwaysFalse { .. }).then_some(self.negated)
    }

    fn text(&self) -> String {
        let mut text = String::new();
        self.push(&mut text);
        text
    }

    fn push(&self, text: &mut String) {
        let not = if self.negated { "not." } else { "" };
        let parts: [&str; 5] = match &self.node {
            Node::Test { field, test } => [field, ".", not, test, ""],
            Node::Group { operator, list } => [not, operator.text(), "(", list, ")"],
            Node::AlwaysFalse { field } => {
                let list = always_false(field);
                text.extend([not, "and(", &list, ")"]);
                return;
            }
        };
        text.extend(parts);
    }
}

/// What no row fits, whatever server reads it.
pub(super) fn always_false(field: &str) -> String {
    format!("{field}.is.null,{field}.not.is.null")
}

fn describe_table(table: &str) -> String {
    if table.is_empty() {
        "the query's own table".to_owned()
    } else {
        format!("`{table}`")
    }
}

/// Not this.
impl std::ops::Not for Condition {
    type Output = Self;

    fn not(self) -> Self {
        Self(self.0.map(|tree| Tree {
            negated: !tree.negated,
            restricts: tree.restricts.swapped(),
            ..tree
        }))
    }
}

/// As it stands inside the parentheses of `or=(...)`, with the embedded table before it.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(tree) if tree.table.is_empty() => f.write_str(&tree.text()),
            Ok(tree) => write!(f, "{}.{}", tree.table, tree.text()),
            Err(_) => f.write_str("(a condition with a mistake in it)"),
        }
    }
}
