//! Imports point downwards, in the order that the drawing in `src/lib.rs` gives to the top-level
//! modules, the rooms.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    source::{Imports, Module, Source},
    sources,
};

/// The levels of the drawing in `lib.rs`, from the top down. Each line names the rooms of a level,
/// then two spaces, then their purpose.
fn steps(lib: &str) -> Vec<Vec<String>> {
    let drawing = lib.split("//! ```text\n").nth(1).unwrap().split("//! ```").next().unwrap();
    let rooms = drawing.lines().map(|line| line.trim_start_matches("//!").trim_start());
    let rooms = rooms.map(|line| line.split("  ").next().unwrap());
    rooms.map(|rooms| rooms.split(' ').map(str::to_owned).collect()).collect()
}

/// Modules that import each other in a cycle, if there are any.
fn circle(imports: &Imports) -> Option<Vec<String>> {
    fn visit(
        at: &Module,
        imports: &Imports,
        path: &mut Vec<Module>,
        done: &mut BTreeSet<Module>,
    ) -> bool {
        if let Some(begin) = path.iter().position(|one| one == at) {
            path.drain(..begin);
            return true;
        }
        path.push(at.clone());
        for to in imports.get(at).into_iter().flatten() {
            if !done.contains(to) && visit(to, imports, path, done) {
                return true;
            }
        }
        done.extend(path.pop());
        false
    }
    let (mut path, mut done) = (Vec::new(), BTreeSet::new());
    let is_found = imports.keys().any(|from| visit(from, imports, &mut path, &mut done));
    is_found.then(|| path.iter().map(|one| one.join("/")).collect())
}

/// The imports between folders of which neither contains the other.
fn of_folders(source: &Source, imports: &Imports) -> Imports {
    let folder = |module: &Module| {
        let is_folder = source.is_folder(module);
        module[..module.len() - usize::from(!is_folder)].to_vec()
    };
    let mut folders = Imports::new();
    for (from, to) in pairs(imports).map(|(from, to)| (folder(from), folder(to))) {
        if !from.starts_with(&to) && !to.starts_with(&from) {
            folders.entry(from).or_default().insert(to);
        }
    }
    folders
}

fn pairs(imports: &Imports) -> impl Iterator<Item = (&Module, &Module)> {
    imports.iter().flat_map(|(from, all)| all.iter().map(move |to| (from, to)))
}

/// Imports that point upwards or to another room of the same level, and rooms that are missing from
/// the drawing or from the source.
fn upward(source: &Source, imports: &Imports, steps: &[Vec<String>]) -> Vec<String> {
    let numbered = steps.iter().enumerate();
    let step: BTreeMap<_, _> =
        numbered.flat_map(|(step, rooms)| rooms.iter().map(move |room| (room, step))).collect();
    let drawn: BTreeSet<_> = step.keys().map(|room| (*room).clone()).collect();
    let mut faults: Vec<_> = drawn
        .symmetric_difference(source.rooms())
        .map(|room| format!("{room} stands in the drawing or in the house, not in both"))
        .collect();
    for (from, to) in pairs(imports).filter(|(from, to)| from[0] != to[0]) {
        if step.get(&from[0]) >= step.get(&to[0]) {
            faults.push(format!("{} imports {}", from.join("/"), to.join("/")));
        }
    }
    faults
}

#[test]
fn dependencies_point_one_way() {
    let files = sources();
    let (_, lib) = files.iter().find(|(name, _)| name == "lib.rs").unwrap();
    let steps = steps(lib);
    let source = Source::of(files);
    let imports = source.imports();
    // The reader finds the imports.
    assert!(pairs(&imports).count() > 1500, "{}", pairs(&imports).count());
    assert_eq!(upward(&source, &imports, &steps), Vec::<String>::new());
    assert_eq!(circle(&imports), None, "a circle of files");
    assert_eq!(circle(&of_folders(&source, &imports)), None, "a circle of folders");
}

fn planted(files: &[(&str, &str)]) -> (Source, Imports) {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let source = Source::of(files);
    let imports = source.imports();
    (source, imports)
}

#[test]
fn circles_are_seen_through_every_way_to_import() {
    let root = ("lib.rs", "pub mod high; mod low;");
    let facade = ("high/mod.rs", "mod one; mod two; pub use one::One;");
    for (way, is_circle) in [
        ("use crate::high::One;", true),
        ("use super::high::{self, Two};", false),
        ("use crate::{high::{One as Other}, low::Low};", true),
        ("fn f() -> crate::high::One {}", true),
        ("use crate::high; fn f() { high::One::new() }", true),
        ("fn f() { x!(crate::high::One) }", true),
        ("pub mod inner { use super::super::high::One; }", true),
        ("// crate::high::One\nfn f() { \"crate::high::One\" }", false),
        ("#[cfg(test)] use crate::high::{One, Two}; struct A;", false),
        ("#[cfg(test)] mod tests { use crate::high::One; }", false),
    ] {
        let low = format!("pub struct Low; {way}");
        let (_, imports) = planted(&[
            root,
            facade,
            ("high/one.rs", "use crate::low::Low; pub struct One;"),
            ("high/two.rs", "use super::One; pub struct Two;"),
            ("low.rs", &low),
        ]);
        assert_eq!(circle(&imports).is_some(), is_circle, "{way}");
    }
}

#[test]
fn arrows_that_lead_up_or_along_are_seen() {
    let lib = "//! ```text\n//! high      the top\n//! low even  below\n//! ```\n";
    let steps = steps(lib);
    assert_eq!(steps, [vec!["high"], vec!["low", "even"]]);
    for (low, faults) in [
        ("", vec![]),
        ("use crate::high::One;", vec!["low imports high"]),
        ("use crate::even::Even;", vec!["low imports even"]),
    ] {
        let (source, imports) = planted(&[
            ("lib.rs", "mod high; mod low; mod even;"),
            ("high.rs", "use crate::low::Low; pub struct One;"),
            ("low.rs", low),
            ("even.rs", "pub struct Even;"),
        ]);
        assert_eq!(upward(&source, &imports, &steps), faults);
    }
    let (source, imports) = planted(&[("lib.rs", "mod high; mod low; mod cellar;")]);
    assert_eq!(upward(&source, &imports, &steps).len(), 2);
}

#[test]
fn circles_of_folders_are_seen() {
    let (source, imports) = planted(&[
        ("lib.rs", "mod a;"),
        ("a/mod.rs", "mod b; mod c;"),
        ("a/b/mod.rs", "mod one; mod two;"),
        ("a/c/mod.rs", "mod three;"),
        ("a/b/one.rs", "use crate::a::c::three::Three;"),
        ("a/b/two.rs", "pub struct Two;"),
        ("a/c/three.rs", "use crate::a::b::two::Two; pub struct Three;"),
    ]);
    assert_eq!(circle(&imports), None);
    assert_eq!(circle(&of_folders(&source, &imports)).unwrap(), ["a/b", "a/c"]);
}
