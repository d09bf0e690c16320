//! Histories: helpers, policies, and what happens to both.

use super::expression::{Scope, VALUES, condition, text};
use super::random::Random;

const TABLES: [&str; 3] = ["t1", "t2", "t3"];

/// The statements of a history, in their order.
pub(crate) fn history(seed: u64) -> Vec<String> {
    let mut made = Made {
        random: Random::new(seed),
        scope: Scope {
            names: vec!["title".to_owned()],
            ..Scope::default()
        },
        statements: Vec::new(),
        policies: Vec::new(),
        functions: 0,
        renamed: 0,
    };
    for table in TABLES.iter().chain(&["side"]) {
        made.say(format!("create table {table} (id int, title text)"));
    }
    for _ in 0..=made.random.below(4) {
        made.helper();
    }
    for _ in 0..3 + made.random.below(4) {
        made.policy();
        if made.random.one_in(2) {
            made.change();
        }
        if made.random.one_in(4) {
            made.helper();
        }
    }
    made.statements
}

struct Made {
    random: Random,
    scope: Scope,
    statements: Vec<String>,
    /// The name and the table of each.
    policies: Vec<(String, String)>,
    functions: usize,
    renamed: usize,
}

impl Made {
    fn say(&mut self, statement: String) {
        self.statements.push(statement);
    }

    fn text(&mut self, depth: usize, names: &[&str]) -> String {
        let scope = Scope {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            ..self.scope.clone()
        };
        text(&mut self.random, &scope, depth)
    }

    fn condition(&mut self, depth: usize, names: &[&str]) -> String {
        let scope = Scope {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            ..self.scope.clone()
        };
        condition(&mut self.random, &scope, depth)
    }

    /// A function, and how it is called.
    fn helper(&mut self) {
        self.functions += 1;
        let name = format!("f{}", self.functions);
        match self.random.below(12) {
            0 => {
                let body = self.text(2, &[]);
                self.say(format!("create function {name}() returns text language sql stable as $$ select {body} $$"));
                self.scope.texts.push(format!("{name}()"));
            }
            1 => {
                let body = self.condition(2, &[]);
                self.say(format!("create function {name}() returns boolean language sql stable as $$ select {body} $$"));
                self.scope.conditions.push(format!("{name}()"));
            }
            2 => {
                self.say(format!("create function {name}(j jsonb, k text) returns text language sql stable as $$ select j -> 'm' ->> k $$"));
                let key = self.random.of(&["x", "y"]);
                self.scope
                    .texts
                    .push(format!("{name}(auth.jwt(), '{key}')"));
            }
            3 => {
                self.say(format!("create function {name}(k text) returns text language plpgsql stable as $$ begin return auth.jwt() ->> k; end $$"));
                let key = self.random.of(&["a", "b", "c"]);
                self.scope.texts.push(format!("{name}('{key}')"));
                self.scope.texts.push(format!("{name}(k => 'c')"));
            }
            4 => self.with_variables(&name),
            5 => {
                let (one, other) = (self.text(1, &[]), self.text(1, &[]));
                self.say(format!("create function {name}(out one text, out two text) language plpgsql stable as $$ begin one := {one}; two := {other}; end $$"));
                let column = self.random.of(&["one", "two"]);
                self.scope
                    .texts
                    .push(format!("(select {column} from {name}())"));
                self.scope.texts.push(format!("({name}()).one"));
            }
            6 => {
                let (one, other) = (self.text(1, &[]), self.text(1, &[]));
                self.say(format!("create function {name}() returns table (one text, two text) language sql stable as $$ select {one}, {other} $$"));
                let column = self.random.of(&["one", "two"]);
                self.scope
                    .texts
                    .push(format!("(select r.{column} from {name}() r)"));
            }
            7 => {
                self.say(format!("create function {name}() returns text[] language sql stable as $$ select array(select jsonb_array_elements_text(auth.jwt() -> 'l')) $$"));
                self.scope.arrays.push(format!("{name}()"));
            }
            8 => {
                let body = self.text(1, &[]);
                self.say(format!("create view {name} as select {body} as x, 1 as y"));
                self.scope.texts.push(format!("(select x from {name})"));
            }
            9 => self.with_loop(&name),
            10 => {
                let body = self.condition(1, &["p"]);
                self.say(format!("create function {name}(p text) returns boolean language sql stable as $$ select {body} $$"));
                let given = self.text(1, &[]);
                self.scope.conditions.push(format!("{name}({given})"));
            }
            _ => {
                let body = self.text(1, &[]);
                self.say(format!("create function {name}() returns text language plpgsql stable as $$ declare q text; begin execute 'select ' || {} into q; return q; end $$", quoted(&body)));
                self.scope.texts.push(format!("{name}()"));
            }
        }
    }

    fn with_variables(&mut self, name: &str) {
        let (first, second) = (self.random.of(&["a", "b", "m"]), "m");
        let when = self.condition(1, &["w"]);
        let (one, other) = (self.text(1, &["w"]), self.text(1, &["w"]));
        let early = if self.random.one_in(2) {
            "return w;"
        } else {
            "null;"
        };
        let body = format!(
            "declare v jsonb := auth.jwt(); w text;
            begin
              w := v ->> '{first}';
              if {when} then
                w := {one};
                {early}
              else
                v := v -> '{second}';
              end if;
              begin
                w := coalesce(v ->> 'x', w);
              exception when others then
                w := {other};
              end;
              return w;
            end"
        );
        self.say(format!(
            "create function {name}() returns text language plpgsql stable as $$ {body} $$"
        ));
        self.scope.texts.push(format!("{name}()"));
    }

    fn with_loop(&mut self, name: &str) {
        let wanted = self.random.of(&VALUES);
        let when = self.condition(1, &["r"]);
        let body = format!(
            "declare r text; found_it boolean := false;
            begin
              for r in select jsonb_array_elements_text(auth.jwt() -> 'l') loop
                if r = '{wanted}' and {when} then found_it := true; end if;
                continue when r is null;
              end loop;
              return found_it;
            end"
        );
        self.say(format!(
            "create function {name}() returns boolean language plpgsql stable as $$ {body} $$"
        ));
        self.scope.conditions.push(format!("{name}()"));
    }

    fn policy(&mut self) {
        let table = self.random.of(&TABLES).to_owned();
        let name = format!("p{}", self.policies.len() + 1);
        let using = self.condition(3, &["title"]);
        let create = format!("create policy {name} on {table} using ({using})");
        let statement = match self.random.below(5) {
            0 => format!("do $do$ begin execute {}; end $do$", quoted(&create)),
            1 => format!(
                "do $do$ begin if not exists (select 1 from pg_policies where policyname = '{name}' \
                 and tablename = '{table}') then {create}; end if; end $do$"
            ),
            2 => format!(
                "do $do$ begin {create}; exception when duplicate_object then null; end $do$"
            ),
            _ => create,
        };
        self.say(statement);
        self.policies.push((name, table));
    }

    /// Something that changes, renames or drops what there is.
    fn change(&mut self) {
        if self.policies.is_empty() {
            return;
        }
        let index = self.random.below(self.policies.len());
        let (name, table) = self.policies[index].clone();
        let unsure = self.random.of(&[
            "(select count(*) from side) > 0",
            "(select count(*) from side) = 0",
            "exists (select 1 from side where title = 'v9')",
        ]);
        match self.random.below(9) {
            0 => {
                let using = self.condition(2, &["title"]);
                self.say(format!("alter policy {name} on {table} using ({using})"));
            }
            1 => {
                self.renamed += 1;
                let new = format!("r{}", self.renamed);
                self.say(format!("alter policy {name} on {table} rename to {new}"));
                self.policies[index].0 = new;
            }
            2 => {
                self.say(format!("drop policy {name} on {table}"));
                self.policies.remove(index);
            }
            3 => {
                let using = self.condition(2, &["title"]);
                self.say(format!("do $do$ begin if {unsure} then alter policy {name} on {table} using ({using}); end if; end $do$"));
            }
            4 => {
                self.say(format!(
                    "do $do$ begin if {unsure} then drop policy {name} on {table}; end if; end $do$"
                ));
                self.policies.remove(index);
            }
            5 => {
                self.say(format!("do $do$ begin if exists (select 1 from pg_policies where policyname = '{name}' and tablename = '{table}') then drop policy {name} on {table}; end if; end $do$"));
                self.policies.remove(index);
            }
            6 => {
                let function = self.random.below(self.functions) + 1;
                self.say(format!("drop function if exists f{function} cascade"));
                let call = format!("f{function}(");
                for list in [
                    &mut self.scope.texts,
                    &mut self.scope.conditions,
                    &mut self.scope.arrays,
                ] {
                    list.retain(|used| !used.contains(&call));
                }
            }
            7 => {
                let function = self.random.below(self.functions) + 1;
                let call = format!("f{function}()");
                if self.scope.texts.contains(&call) {
                    self.say(format!(
                        "alter function f{function}() rename to g{function}"
                    ));
                    let body = self.text(0, &[]);
                    self.say(format!("create function f{function}() returns text language sql stable as $$ select {body} $$"));
                }
            }
            _ => {
                let function = self.random.below(self.functions) + 1;
                let call = format!("f{function}()");
                if self.scope.texts.contains(&call) {
                    // A body that calls nothing, so that no function calls itself.
                    let outer = std::mem::take(&mut self.scope);
                    let body = self.text(2, &[]);
                    self.scope = outer;
                    self.say(format!("create or replace function f{function}() returns text language sql stable as $$ select {body} $$"));
                }
            }
        }
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
