use std::fmt;

use super::comparison::{Comparison, Restriction};
use super::condition_syntax::MAX_DEPTH;
use super::mistake::Mistake;

/// A condition for [`Query::or`](crate::Query::or) and [`Query::and`](crate::Query::and). Values are quoted,
/// so that no value can end a list or add a condition. A mistake in a condition is reported when the query
/// is sent. `!` negates a condition.
///
/// All conditions of a group must be about one table: the table of the query, or one embedded table.
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

/// A condition that is rendered as text already, so that nested conditions need no recursion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tree {
    /// The path of the embedded table that the condition is about; empty for the table of the query.
    pub(super) table: String,
    pub(super) negated: bool,
    pub(super) node: Node,
    pub(super) restriction: Restriction,
    depth: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// One comparison, as `field` and `eq.x`.
    Test { field: String, test: String },
    /// Several conditions, as `and` and `a.eq.1,b.eq.2`.
    Group { operator: Operator, list: String },
    /// A condition that is false for every row.
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

impl Condition {
    /// Holds for rows for which all of these conditions hold.
    pub fn and(members: impl IntoIterator<Item = Self>) -> Self {
        Self::group(Operator::And, members)
    }

    /// Holds for rows for which at least one of these conditions holds.
    pub fn or(members: impl IntoIterator<Item = Self>) -> Self {
        Self::group(Operator::Or, members)
    }

    pub(super) fn of(comparison: Result<Comparison<'_>, Mistake>) -> Self {
        Self(comparison.map(|comparison| {
            let restriction = comparison.restriction();
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
                restriction,
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
    /// Builds a group. Members that are true or false for every row are resolved here.
    fn group(
        operator: Operator,
        members: impl IntoIterator<Item = Condition>,
    ) -> Result<Self, Mistake> {
        // The constant that decides the whole group: false in `and`, true in `or`.
        let deciding = operator == Operator::Or;
        let mut group: Option<Self> = None;
        let mut constant: Option<Self> = None;
        for Condition(member) in members {
            let member = member?;
            match member.constant() {
                Some(holds) if holds == deciding => {
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
                    restriction: member.restriction,
                });
                continue;
            };
            if group.table != member.table {
                return Err(Mistake::new(
                    format!(
                        "one group has conditions on {} and on {}",
                        describe_table(&group.table),
                        describe_table(&member.table)
                    ),
                    "write one group for each table, since a group filters one table in PostgREST",
                ));
            }
            let (left, right) = (group.restriction, member.restriction);
            group.restriction = match operator {
                Operator::And => Restriction {
                    condition: left.condition || right.condition,
                    negation: left.negation && right.negation,
                },
                Operator::Or => Restriction {
                    condition: left.condition && right.condition,
                    negation: left.negation || right.negation,
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

    /// The result for every row, if it is the same for all of them.
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

/// Conditions that no row meets on any version of PostgREST.
pub(super) fn always_false(field: &str) -> String {
    format!("{field}.is.null,{field}.not.is.null")
}

fn describe_table(table: &str) -> String {
    if table.is_empty() {
        "the table of the query".to_owned()
    } else {
        format!("`{table}`")
    }
}

/// Negates the condition.
impl std::ops::Not for Condition {
    type Output = Self;

    fn not(self) -> Self {
        Self(self.0.map(|tree| Tree {
            negated: !tree.negated,
            restriction: tree.restriction.negated(),
            ..tree
        }))
    }
}

/// Writes the condition in PostgREST's notation, as inside of `or=(...)`, after the path of the embedded
/// table.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(tree) if tree.table.is_empty() => f.write_str(&tree.text()),
            Ok(tree) => write!(f, "{}.{}", tree.table, tree.text()),
            Err(_) => f.write_str("(an invalid condition)"),
        }
    }
}
