use super::super::token::Kind;
use super::binding::Qualifier;
use super::matcher::Matcher;
use super::model::Value;

/// Words behind which a name is given or gets a value.
const NAMES_FOLLOW: [&str; 9] = [
    "as", "into", "strict", "set", "declare", "begin", "loop", "for", "foreach",
];

impl Matcher<'_> {
    /// The value that this token stands for, if it is a use of that name.
    pub(crate) fn occurrence(&self, at: usize, binding: usize) -> Option<Value> {
        let code = self.code;
        let binding = &self.bindings[binding];
        let same = match code.kind(at)? {
            Kind::Word => code.raw(at).eq_ignore_ascii_case(&binding.name),
            Kind::Quoted | Kind::UnicodeQuoted => code.name(at)? == binding.name,
            _ => false,
        };
        if !same
            || matches!(
                code.kind(at + 1),
                Some(Kind::Open | Kind::Dot | Kind::Assign)
            )
        {
            return None;
        }
        let before = at.wrapping_sub(1);
        let mut start = at;
        match code.kind(before) {
            Some(Kind::Dot) => {
                start = at.wrapping_sub(2);
                let qualifier = code.name(start)?;
                match &binding.qualifier {
                    Qualifier::Never => return None,
                    Qualifier::Table(table) if *table != qualifier => return None,
                    _ => {}
                }
            }
            // The head of a statement, which gets a value; `.. ) alias`.
            Some(Kind::Semicolon | Kind::Close) | None => return None,
            Some(Kind::Word) if code.is_any(before, &NAMES_FOLLOW) => return None,
            // `then x := ..`, but not `then x` in an expression.
            Some(Kind::Word)
                if code.is_any(before, &["then", "else"]) && code.raw(at + 1) == "=" =>
            {
                return None;
            }
            _ => {}
        }
        let mut value = binding.value.clone();
        value.start = start;
        value.end = at + 1;
        value.root = start;
        value.news = false;
        Some(value)
    }
}
