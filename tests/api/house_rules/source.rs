//! Which source file imports which, read from the tokens.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// `["auth", "otp"]` for `auth/otp/mod.rs`; empty for `lib.rs`.
pub type Module = Vec<String>;

/// The modules that each module imports.
pub type Imports = BTreeMap<Module, BTreeSet<Module>>;

#[derive(Default)]
struct File {
    children: BTreeSet<String>,
    items: BTreeSet<String>,
    uses: Vec<Use>,
    paths: Vec<Vec<String>>,
}

/// A leaf of a `use`: the name that it brings into scope, or everything for a glob.
struct Use {
    path: Vec<String>,
    called: Option<String>,
    is_public: bool,
}

/// What a path resolves to: a module, or an item that a file defines.
#[derive(Clone)]
enum Found {
    Module(Module),
    ItemOf(Module),
}

/// The files of the library, without their unit tests.
pub struct Source(BTreeMap<Module, File>);

impl Source {
    /// Reads files, which are named by their paths below `src`.
    pub fn of(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let files = files.into_iter().filter(|(name, _)| name != "main.rs");
        Self(files.map(|(name, text)| (module(&name), File::read(&text))).collect())
    }

    pub fn rooms(&self) -> &BTreeSet<String> {
        &self.0[&Module::new()].children
    }

    /// Whether the module is a folder that contains files.
    pub fn is_folder(&self, module: &Module) -> bool {
        !self.0[module].children.is_empty()
    }

    /// Every import, by `use` or by a path in code, to the file that defines the imported item. A
    /// re-export from a file's own folder is not an import.
    pub fn imports(&self) -> Imports {
        let of = |(from, file): (&Module, &File)| {
            let uses = file.uses.iter().map(|one| (&one.path, one.is_public));
            let paths = file.paths.iter().map(|path| (path, false));
            let imported = uses.chain(paths).filter_map(|(path, is_public)| {
                let to = match self.resolve(from, path, &[])? {
                    Found::Module(to) | Found::ItemOf(to) => to,
                };
                let is_shown = is_public && to.starts_with(from);
                (!is_shown && to != *from && self.0.contains_key(&to)).then_some(to)
            });
            (from.clone(), imported.filter(|to| !to.is_empty()).collect())
        };
        // The parent of a test module does not list it as a child.
        let is_product = |from: &Module| match from.split_last() {
            Some((name, parent)) => {
                self.0.get(parent).is_some_and(|file| file.children.contains(name))
            }
            None => false,
        };
        self.0.iter().filter(|(from, _)| is_product(from)).map(of).collect()
    }

    fn resolve(&self, from: &Module, path: &[String], seen: &[(&Module, &str)]) -> Option<Found> {
        let (mut found, rest) = match path.first()?.as_str() {
            "crate" => (Found::Module(Module::new()), &path[1..]),
            "self" => (Found::Module(from.clone()), &path[1..]),
            "super" => {
                let levels = path.iter().take_while(|name| *name == "super").count();
                let parent = from[..from.len().checked_sub(levels)?].to_vec();
                (Found::Module(parent), &path[levels..])
            }
            name => (self.look_up(from, name, seen)?, &path[1..]),
        };
        for name in rest {
            let Found::Module(module) = &found else { break };
            // Items that a macro defines are not found, but they belong to that file.
            let defined = || (!module.is_empty()).then(|| Found::ItemOf(module.clone()));
            found = self.look_up(module, name, seen).or_else(defined)?;
        }
        Some(found)
    }

    /// Resolves a name within a module.
    fn look_up(&self, module: &Module, name: &str, seen: &[(&Module, &str)]) -> Option<Found> {
        let file = self.0.get(module)?;
        if seen.contains(&(module, name)) {
            return None;
        }
        if file.children.contains(name) {
            return Some(Found::Module([module.as_slice(), &[name.to_owned()]].concat()));
        }
        if file.items.contains(name) {
            return Some(Found::ItemOf(module.clone()));
        }
        let seen = [seen, &[(module, name)]].concat();
        let mut named = file.uses.iter().filter(|one| one.called.as_deref() == Some(name));
        if let Some(named) = named.next() {
            return self.resolve(module, &named.path, &seen);
        }
        let mut globs = file.uses.iter().filter(|one| one.called.is_none());
        globs.find_map(|glob| match self.resolve(module, &glob.path, &seen)? {
            Found::Module(all) => self.look_up(&all, name, &seen),
            Found::ItemOf(_) => None,
        })
    }
}

fn module(name: &str) -> Module {
    let name = name.trim_end_matches(".rs").trim_end_matches("mod").trim_end_matches("lib");
    name.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

impl File {
    fn read(text: &str) -> Self {
        let mut flat = Vec::new();
        flatten(text.parse().unwrap(), &mut flat);
        let tokens = without_tests(&flat);
        let (mut file, mut blocks, mut at) = (Self::default(), Vec::new(), 0);
        while at < tokens.len() {
            let token = |offset: usize| tokens.get(at + offset).map_or("", String::as_str);
            let before = at.checked_sub(1).map_or(";", |before| &tokens[before]);
            // Within an inline module, `super` is the file itself.
            let inner = blocks.iter().filter(|is_module| **is_module).count();
            match token(0) {
                "{" => blocks.push(at > 1 && tokens[at - 2] == "mod"),
                "}" => drop(blocks.pop()),
                "mod" if token(2) == ";" => drop(file.children.insert(token(1).to_owned())),
                "use" if [";", "{", "}", "]", ")", "pub"].contains(&before) => {
                    let is_public = before == "pub";
                    at = file.read_use(&tokens, at + 1, &[], (inner, is_public));
                }
                "fn" | "struct" | "enum" | "trait" | "type" | "const" | "static"
                    if blocks.is_empty() =>
                {
                    file.items.insert(token(1).to_owned());
                }
                "macro_rules" => drop(file.items.insert(token(2).to_owned())),
                name if is_name(name) && token(1) == "::" && before != "::" => {
                    let mut path = vec![name.to_owned()];
                    while tokens[at + 1] == "::" && is_name(&tokens[at + 2]) {
                        path.push(tokens[at + 2].clone());
                        at += 2;
                    }
                    file.paths.extend(outside(path, inner));
                }
                _ => {}
            }
            at += 1;
        }
        file
    }

    /// Reads a `use` tree that starts at `at`. Returns where it ends.
    fn read_use(
        &mut self,
        tokens: &[String],
        mut at: usize,
        above: &[String],
        scope: (usize, bool),
    ) -> usize {
        let mut path = above.to_vec();
        loop {
            match tokens[at].as_str() {
                "{" => {
                    at += 1;
                    while tokens[at] != "}" {
                        at = self.read_use(tokens, at, &path, scope);
                        at += usize::from(tokens[at] == ",");
                    }
                    return at + 1;
                }
                "::" => {}
                name if is_name(name) && tokens[at + 1] == "::" => path.push(name.to_owned()),
                name => {
                    let is_alias = tokens[at + 1] == "as";
                    let called = if is_alias { &tokens[at + 2] } else { name };
                    if is_name(name) && name != "self" {
                        path.push(name.to_owned());
                    }
                    let called = if called == "self" {
                        path.last().cloned()
                    } else {
                        Some(called.to_owned())
                    };
                    let called = called.filter(|_| is_name(name));
                    let one = outside(path, scope.0);
                    self.uses.extend(one.map(|path| Use { path, called, is_public: scope.1 }));
                    return at + if is_alias { 3 } else { 1 };
                }
            }
            at += 1;
        }
    }
}

/// A path within `inner` nested inline modules, as seen from the file, if it leads out of them.
fn outside(path: Vec<String>, inner: usize) -> Option<Vec<String>> {
    let levels = path.iter().take_while(|name| *name == "super").count();
    match levels {
        0 => Some(path),
        _ if levels > inner => Some(path[inner..].to_vec()),
        _ => None,
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn flatten(stream: TokenStream, into: &mut Vec<String>) {
    let mut is_colon = false;
    for token in stream {
        let was_colon = std::mem::take(&mut is_colon);
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                into.push(open.to_owned());
                flatten(group.stream(), into);
                into.push(close.to_owned());
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' && was_colon => {
                *into.last_mut().unwrap() = "::".to_owned();
            }
            TokenTree::Punct(punct) => {
                is_colon = punct.as_char() == ':';
                into.push(punct.to_string());
            }
            TokenTree::Ident(name) => into.push(name.to_string()),
            TokenTree::Literal(_) => into.push("\"".to_owned()),
        }
    }
}

/// Removes what follows `#[cfg(test)]`, up to the end of its block or statement.
fn without_tests(tokens: &[String]) -> Vec<String> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        if !tokens[at..].iter().zip(MARK).all(|(token, mark)| token == mark) {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let mut depth = 0;
        loop {
            let token = tokens[at].as_str();
            depth += i32::from(token == "{") - i32::from(token == "}");
            at += 1;
            if depth == 0 && [";", "}"].contains(&token) {
                break;
            }
        }
        at += usize::from(tokens.get(at).is_some_and(|token| token == ";"));
    }
    kept
}
