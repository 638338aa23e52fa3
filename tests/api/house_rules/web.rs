//! The rules of the web client that can be read off its source.

use std::{collections::BTreeSet, fs, path::Path};

/// From the top down: a file imports what is below it, or beside it in its own folder.
const ORDER: [&[&str]; 5] =
    [&["main.js"], &["views"], &["components"], &["text", "en", "de"], &["data"]];

fn step(name: &str) -> usize {
    let folder = name.split('/').next().unwrap();
    ORDER.iter().position(|names| names.contains(&folder)).unwrap_or_else(|| panic!("{name}"))
}

/// Scripts by their names below `web`.
fn scripts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
    let folders = fs::read_dir(&root).unwrap().flatten().map(|entry| entry.path());
    let folders: Vec<_> = folders.filter(|path| path.is_dir()).chain([root.clone()]).collect();
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap().flatten());
    let scripts = files
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "js"));
    let named = scripts.map(|path| {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(&path).unwrap())
    });
    let scripts: Vec<_> = named.collect();
    assert!(scripts.len() > 30);
    scripts
}

/// The text after `before`, until the next quote.
fn quoted<'a>(line: &'a str, before: &str) -> Option<&'a str> {
    line.split_once(before)?.1.split('"').next()
}

/// What a file imports, also later, by its name below `web`.
fn imports(name: &str, text: &str) -> Vec<String> {
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    let named = text
        .lines()
        .filter_map(|line| quoted(line, " from \"").or_else(|| quoted(line, "import(\"")));
    let found = named.map(|path| match path.strip_prefix("../") {
        Some(other) => other.to_owned(),
        None => format!(
            "{folder}/{}",
            path.strip_prefix("./").unwrap_or_else(|| panic!("{name}: {path}"))
        ),
    });
    found.map(|path| path.trim_start_matches('/').to_owned()).collect()
}

#[test]
fn files_are_small_and_say_what_they_are_for() {
    for (name, text) in scripts() {
        assert!(text.starts_with("// "), "{name} does not open with a comment");
        assert!(text.lines().count() <= 120, "{name} has more than 120 lines");
    }
}

#[test]
fn imports_point_one_way() {
    let scripts = scripts();
    let names: BTreeSet<_> = scripts.iter().map(|(name, _)| name.as_str()).collect();
    for (name, text) in &scripts {
        for to in imports(name, text) {
            assert!(names.contains(&*to), "{name} imports {to}, which there is not");
            assert!(step(name) <= step(&to), "{name} imports {to}");
            let is_beside = step(name) == step(&to);
            let (from, into) = (name.rsplit_once('/'), to.rsplit_once('/'));
            assert!(
                !is_beside || from.map(|it| it.0) == into.map(|it| it.0),
                "{name} imports {to}"
            );
        }
    }
}

#[test]
fn what_is_dangerous_or_often_missing_is_in_one_place() {
    for (name, text) in scripts() {
        for (word, places) in [
            ("fetch(", &["data/http.js", "data/worker.js"][..]),
            ("XMLHttpRequest", &["data/http.js"]),
            ("localStorage", &["data/storage.js"]),
            ("indexedDB", &["data/db.js"]),
            ("caches.", &["data/worker.js", "data/shared.js"]),
            (".innerHTML", &["components/html.js"]),
            // Over plain http browsers have none of these. `platform.js` does without.
            ("navigator.locks", &["data/platform.js"]),
            ("navigator.clipboard", &["components/copyable.js"]),
            ("randomUUID", &["data/worker.js"]),
        ] {
            assert!(places.contains(&&*name) || !text.contains(word), "{name} has {word}");
        }
        for word in [
            "insertAdjacentHTML",
            "outerHTML",
            "document.write",
            "eval(",
            "new Function",
            "DOMParser",
            "http://",
            "https://",
        ] {
            assert!(!text.contains(word), "{name} has {word}");
        }
    }
}

/// The names of the sentences of a language.
fn sentences(language: &str) -> BTreeSet<String> {
    let of_language =
        scripts().into_iter().filter(|(name, _)| name.starts_with(&format!("{language}/")));
    let keys = of_language.flat_map(|(_, text)| {
        let lines = text.lines().filter_map(|line| line.strip_prefix("  \"")?.split_once("\": "));
        lines.map(|(key, _)| key.to_owned()).collect::<Vec<_>>()
    });
    keys.collect()
}

#[test]
fn every_sentence_is_in_every_language_and_used() {
    let (english, german) = (sentences("en"), sentences("de"));
    assert!(english.len() > 250, "{}", english.len());
    assert!(english.is_subset(&german), "{:?}", english.difference(&german));
    // The API's own sentences are English, and say more than these.
    let is_of_api = |key: &&String| key.starts_with("fault.") || key.starts_with("error.");
    assert!(
        german.difference(&english).all(|key| is_of_api(&key)),
        "{:?}",
        german.difference(&english)
    );

    let code: String = scripts()
        .into_iter()
        .filter(|(name, _)| step(name) != step("en"))
        .map(|(_, text)| text)
        .collect();
    let text =
        scripts().into_iter().filter(|(name, _)| name.starts_with("text/")).map(|(_, text)| text);
    let code = code + &text.collect::<String>();
    for key in &english {
        let group = key.split_once('.').map_or("", |(group, _)| group);
        let is_named =
            code.contains(&format!("\"{key}\"")) || code.contains(&format!("`{group}.${{"));
        assert!(is_named, "{key} is said nowhere");
    }
    for key in spoken(&code) {
        assert!(english.contains(key), "{key} is in no catalogue");
    }
}

/// What `t("…")` is called with.
fn spoken(code: &str) -> impl Iterator<Item = &str> {
    code.match_indices("t(\"").filter_map(|(at, call)| {
        let is_part_of_a_name = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '.');
        let key = code[at + call.len()..].split('"').next()?;
        (!is_part_of_a_name).then_some(key)
    })
}
