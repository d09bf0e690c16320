use super::super::token::Kind;
use super::code::NONE;
use super::key::Key;
use super::matcher::{Matcher, Place};
use super::model::{Helper, RemarkKind, Shape, Step, Value};

impl Matcher<'_> {
    /// What of the token begins at this place, if anything does.
    pub(crate) fn root(&mut self, at: usize) -> Vec<Value> {
        let code = self.code;
        if code.kind(at + 1) != Some(Kind::Open) || !code.kind(at).is_some_and(Kind::is_name) {
            return Vec::new();
        }
        let open = at + 1;
        let close = code.pair(open);
        if close == NONE {
            return Vec::new();
        }
        let qualified = code.kind(at.wrapping_sub(1)) == Some(Kind::Dot) && at >= 2;
        let start = if qualified { at - 2 } else { at };
        let schema = qualified.then(|| code.name(start)).flatten();
        let Some(name) = code.name(at) else {
            return Vec::new();
        };
        let in_auth = match &schema {
            Some(schema) => schema == "auth",
            None => self.setting.search_path.iter().any(|on| on == "auth"),
        };
        if in_auth && close == open + 1 {
            if let Some(value) = self.auth(start, close + 1, &name) {
                return vec![value];
            }
        } else if name == "current_setting" {
            return self
                .current_setting(start, open, close)
                .into_iter()
                .collect();
        }
        self.helper(start, open, close, schema.as_deref(), &name)
    }

    fn auth(&mut self, start: usize, end: usize, name: &str) -> Option<Value> {
        let claim =
            |name: &str, shape| Value::new(start, end, vec![Step::Key(name.to_owned())], shape);
        match name {
            "jwt" => {
                if self.setting.place == Place::Expression && !self.is_wrapped(start) {
                    self.remark(start, RemarkKind::Unwrapped);
                }
                Some(Value::new(start, end, Vec::new(), Shape::Json))
            }
            "uid" => {
                let mut value = claim("sub", Shape::Text);
                value.cast("uuid");
                Some(value)
            }
            "role" | "email" => Some(claim(name, Shape::Text)),
            _ => None,
        }
    }

    fn current_setting(&mut self, start: usize, open: usize, close: usize) -> Option<Value> {
        let code = self.code;
        let mut first = open + 1;
        while code.kind(first) == Some(Kind::Open) {
            first += 1;
        }
        let setting = code.literal(first)?;
        let rest = setting.to_ascii_lowercase();
        let rest = rest.strip_prefix("request.jwt.")?;
        let value = |path, shape| Some(Value::new(start, close + 1, path, shape));
        match rest {
            "claims" | "claim" => return value(Vec::new(), Shape::JsonText),
            _ => {}
        }
        // Claims keep their case, the setting's own name does not matter.
        let claim = setting.get("request.jwt.claim.".len()..)?;
        if !rest.starts_with("claim.") {
            return None;
        }
        let step = if !claim.is_empty() && !claim.contains(super::super::name::UNKNOWN) {
            Step::Key(claim.to_owned())
        } else if code.is_op(first + 1, "||") {
            match self.key(first + 2) {
                (Key::Argument(index), _) => Step::Argument(index),
                (Key::Text { text, .. }, _) => Step::Key(text),
                _ => Step::Unknown,
            }
        } else {
            Step::Unknown
        };
        value(vec![step], Shape::Text)
    }

    /// A call of a function that hands a read on.
    fn helper(
        &mut self,
        start: usize,
        open: usize,
        close: usize,
        schema: Option<&str>,
        name: &str,
    ) -> Vec<Value> {
        let Some(known) = self.setting.helpers.get(name) else {
            return Vec::new();
        };
        let arguments = self.call_arguments(open, close);
        let mut fitting: Vec<&(String, Helper)> = known
            .iter()
            .filter(|(_, helper)| helper.arguments.len() >= arguments.len())
            .collect();
        let meant = match (schema, self.setting.search_path) {
            (Some(schema), _) => Some(schema),
            (None, []) => has(&fitting, "public").then_some("public"),
            (None, path) => {
                let mut path = path.iter().map(String::as_str);
                path.find(|schema| has(&fitting, schema))
            }
        };
        // A path that is set where nobody sees it: any schema may be on it.
        fitting.retain(|(of, _)| meant.is_none_or(|schema| schema == of));
        // Overloads are told apart by their count of arguments, as far as that goes.
        let exact = |helper: &Helper| helper.arguments.len() == arguments.len();
        if fitting.iter().any(|(_, helper)| exact(helper)) {
            fitting.retain(|(_, helper)| exact(helper));
        }
        let mut values = Vec::new();
        for (of, helper) in fitting {
            let through = format!("{of}.{name}");
            let fill = |path: &[Step]| -> Vec<Step> {
                let given = |index: usize| {
                    let named = helper.arguments.get(index);
                    let by_name = |(name, _): &&(Option<String>, Step)| {
                        name.is_some() && name.as_ref() == named
                    };
                    let by_place = arguments.get(index).filter(|(name, _)| name.is_none());
                    arguments.iter().find(by_name).or(by_place)
                };
                let fill = |step: &Step| match step {
                    Step::Argument(index) => {
                        given(*index).map_or(Step::Unknown, |(_, step)| step.clone())
                    }
                    step => step.clone(),
                };
                path.iter().map(fill).collect()
            };
            for inside in &helper.inside {
                let how = &inside.how;
                let mut value = Value::new(start, close + 1, fill(&inside.path), how.shape);
                value.cast.clone_from(&how.cast);
                value.parsed = inside.parsed;
                value.through = Some(through.clone());
                self.emit(&value, how.test.clone());
            }
            for returned in &helper.returns {
                let mut value = Value::new(start, close + 1, fill(&returned.path), returned.shape);
                value.cast.clone_from(&returned.cast);
                value.parsed = returned.parsed;
                value.through = Some(through.clone());
                values.push(value);
            }
        }
        values
    }

    /// The arguments of a call, as keys, with their names where they are named.
    fn call_arguments(&self, open: usize, close: usize) -> Vec<(Option<String>, Step)> {
        let code = self.code;
        let mut arguments = Vec::new();
        let mut at = open + 1;
        while at < close && arguments.len() < 16 {
            let named = code.kind(at + 1) == Some(Kind::Assign) || code.is_op(at + 1, "=>");
            let name = if named { code.name(at) } else { None };
            let first = if named { at + 2 } else { at };
            let (key, next) = self.key(first);
            let over = next >= close || code.kind(next) == Some(Kind::Comma);
            arguments.push((name, if over { key.step() } else { Step::Unknown }));
            while at < close && code.kind(at) != Some(Kind::Comma) {
                at = code.after(at);
            }
            at += 1;
        }
        arguments
    }
}

fn has(helpers: &[&(String, Helper)], schema: &str) -> bool {
    helpers.iter().any(|(of, _)| of == schema)
}
