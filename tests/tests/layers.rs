//! The modules of the runtime have an order, and each imports only from those to its left, as parsed by
//! `syn`.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{ItemUse, Macro, UseTree};

const LINE: &[&str] = &[
    "error",
    "clock",
    "thread_flag",
    "key",
    "claims",
    "policies",
    "audit",
    "mint_policy",
    "config",
    "metrics",
    "token",
    "session",
    "transport",
    "verify",
    "client",
    "rest",
    "storage",
    "functions",
    "graphql",
    "auth",
    "realtime",
    "postgres",
    "blocking",
    "web",
    "testing",
];

/// A third-party crate may be named only in the layer that wraps it.
const HOMES: &[(&str, &[&str])] = &[
    ("jsonwebtoken", &["key", "verify"]),
    ("aws_lc_rs", &["key", "token", "transport", "testing"]),
    ("rustls_pki_types", &["key", "transport"]),
    ("reqwest_011", &["transport"]),
    ("hyper", &["transport", "testing"]),
    ("h2", &["transport"]),
    ("rustls", &["transport"]),
    ("socket2", &["transport"]),
    ("arc_swap", &["key", "verify"]),
    ("tokio_postgres", &["postgres", "testing"]),
    ("deadpool", &["postgres"]),
    ("deadpool_postgres", &["postgres"]),
    ("dotenvy", &["config"]),
    ("rustix", &["clock"]),
    ("postgrest", &["transport", "rest", "client", "blocking"]),
    ("sqlx", &["postgres"]),
    ("infer", &["storage"]),
    ("mime_guess", &["storage"]),
    ("axum_core", &["web"]),
    ("actix_web", &["web"]),
    ("tokio_websockets", &["realtime"]),
];

#[test]
fn modules_import_only_from_their_left() {
    for (place, module) in LINE.iter().enumerate() {
        for (file, names) in sources(module) {
            for right in &LINE[place + 1..] {
                let import = vec!["crate".to_owned(), (*right).to_owned()];
                let is_named = names.0.iter().any(|path| path.starts_with(&import));
                assert!(
                    !is_named,
                    "{} imports `{right}`, from its right",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn a_third_party_crate_is_named_by_one_layer() {
    for &module in LINE {
        for (file, names) in sources(module) {
            for (name, homes) in HOMES.iter().filter(|(_, homes)| !homes.contains(&module)) {
                let is_named = names.0.iter().any(|path| path[0] == *name);
                assert!(!is_named, "{} names `{name}`; {homes:?} do", file.display());
            }
        }
    }
}

#[test]
fn every_module_is_in_the_list_of_layers() {
    let root = fs::read_to_string(source_folder().join("lib.rs")).unwrap();
    let modules = syn::parse_file(&root).unwrap().items.into_iter();
    let modules = modules.filter_map(|item| match item {
        syn::Item::Mod(module) => Some(module.ident.to_string()),
        _ => None,
    });
    let mut modules: BTreeSet<String> = modules.collect();
    // `docs` is documentation, and `__private` is what the output of the macros calls.
    assert!(modules.remove("docs") && modules.remove("__private"));
    assert_eq!(
        modules,
        LINE.iter().map(|name| (*name).to_owned()).collect()
    );
}

#[test]
fn the_parser_sees_paths_in_groups_parents_and_macros() {
    let names = Names::of(
        "use crate::{web::axum, error::{Error, Phase}}; fn f() { super::super::client::g(); log!(crate::rest::X) }",
        &["token", "template"],
    );
    for path in [
        "crate::web::axum",
        "crate::error::Phase",
        "crate::client::g",
        "crate::rest::X",
    ] {
        let path: Vec<String> = path.split("::").map(str::to_owned).collect();
        assert!(names.0.contains(&path), "{path:?} {:?}", names.0);
    }
}

/// Collects the paths that a file names, with `super` and `self` resolved.
struct Names(BTreeSet<Vec<String>>);

impl Names {
    fn of(text: &str, module: &[&str]) -> Self {
        let mut reader = Reader {
            module: module.iter().map(|name| (*name).to_owned()).collect(),
            found: BTreeSet::new(),
        };
        reader.visit_file(&syn::parse_file(text).unwrap());
        Self(reader.found)
    }
}

struct Reader {
    module: Vec<String>,
    found: BTreeSet<Vec<String>>,
}

impl Reader {
    fn add(&mut self, path: &[String]) {
        let up = path.iter().take_while(|name| *name == "super").count();
        let is_own = up > 0 || path[0] == "self";
        let rest = &path[up + usize::from(path[0] == "self")..];
        let mut whole = Vec::new();
        if is_own {
            whole.push("crate".to_owned());
            let parents = self.module.len().saturating_sub(up);
            whole.extend_from_slice(&self.module[..parents]);
        }
        whole.extend_from_slice(rest);
        self.found.insert(whole);
    }

    fn add_use(&mut self, before: &[String], tree: &UseTree) {
        let mut path = before.to_vec();
        match tree {
            UseTree::Path(step) => {
                path.push(step.ident.to_string());
                self.add_use(&path, &step.tree);
            }
            UseTree::Name(name) => {
                path.push(name.ident.to_string());
                self.add(&path);
            }
            UseTree::Rename(name) => {
                path.push(name.ident.to_string());
                self.add(&path);
            }
            UseTree::Glob(_) => self.add(&path),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_use(before, tree);
                }
            }
        }
    }

    /// The input of a macro is not parsed, so everything in it that looks like a path counts as one.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 && !path.is_empty() {
                        self.add(&std::mem::take(&mut path));
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                other => {
                    if !path.is_empty() {
                        self.add(&std::mem::take(&mut path));
                    }
                    if let TokenTree::Group(group) = other {
                        self.add_tokens(group.stream());
                    }
                    colons = 0;
                }
            }
        }
        if !path.is_empty() {
            self.add(&path);
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add_use(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let steps = path.segments.iter().map(|step| step.ident.to_string());
        self.add(&steps.collect::<Vec<_>>());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.add_tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.module.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.module.pop();
    }
}

/// Returns the files of a module with the paths that they name: `name.rs`, or everything in the folder
/// `name`.
fn sources(module: &str) -> Vec<(PathBuf, Names)> {
    let root = source_folder();
    let mut files = Vec::new();
    collect(&root.join(format!("{module}.rs")), &mut files);
    collect(&root.join(module), &mut files);
    assert!(!files.is_empty(), "no module `{module}`");
    let read = |file: PathBuf| {
        let path = file.strip_prefix(&root).unwrap().with_extension("");
        let steps: Vec<&str> = path.iter().map(|step| step.to_str().unwrap()).collect();
        let steps = steps.strip_suffix(&["mod"]).unwrap_or(&steps);
        let names = Names::of(&fs::read_to_string(&file).unwrap(), steps);
        (file, names)
    };
    files.into_iter().map(read).collect()
}

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scoped-runtime/src")
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), files);
        }
    } else if path.is_file() && path.extension().is_some_and(|extension| extension == "rs") {
        files.push(path.to_owned());
    }
}
