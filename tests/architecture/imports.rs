//! Which files import which.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use crate::layer;

/// The paths of a `use` tree: `a::{b, c::{self, d}}` means `a::b`, `a::c::self` and `a::c::d`.
fn expand(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((before, list)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap_or_default().trim().to_owned()];
    };
    let list = list.trim_end().strip_suffix('}').unwrap_or(list);
    let mut depth = 0;
    let branches = list.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    let paths = branches.filter(|branch| !branch.trim().is_empty()).flat_map(expand);
    paths.map(|path| format!("{}{path}", before.trim())).collect()
}

/// The modules of this crate, each with its file and its text without comments and unit tests.
struct Modules(HashMap<Vec<String>, (String, String)>);

impl Modules {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let module = |(path, text): (PathBuf, String)| {
            let file = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
            let names = file.trim_end_matches(".rs").split('/');
            let names = names.filter(|name| !["mod", "lib"].contains(name)).map(str::to_owned).collect();
            let code: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
            let code = code.join("\n").split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            (names, (file, code))
        };
        Self(layer("").into_iter().map(module).collect())
    }

    /// The `use` trees of a module.
    fn uses(&self, module: &[String]) -> Vec<&str> {
        let code = &self.0[module].1;
        let begins = |line: &str| line.trim_start().starts_with("use ") || line.trim_start().starts_with("pub use ");
        let lines = code.split_inclusive('\n').scan(0, |at, line| {
            *at += line.len();
            Some((*at - line.len(), line))
        });
        let starts = lines.filter(|(_, line)| begins(line)).map(|(at, line)| at + line.find("use ").unwrap() + 4);
        starts.map(|at| code[at..].split(';').next().unwrap_or_default()).collect()
    }

    /// All paths in a module: those that it imports, and those that its code begins with `crate::` or `super::`.
    fn paths(&self, module: &[String]) -> Vec<String> {
        let code = &self.0[module].1;
        let mut paths: Vec<String> = self.uses(module).into_iter().flat_map(expand).collect();
        for (at, _) in code.match_indices("crate::").chain(code.match_indices("super::")) {
            let path: String = code[at..].chars().take_while(|c| c.is_alphanumeric() || "_:".contains(*c)).collect();
            let begins = code[..at].ends_with([' ', '(', '&', '<', '|', '!', '[']);
            // A path that ends here is the beginning of a `use` tree.
            if begins && !path.ends_with("::") {
                paths.push(path);
            }
        }
        paths
    }

    /// The module that defines what a path in `from` names; `None` if that is another crate's. A re-export is
    /// followed to the definition.
    fn definition(&self, from: &[String], path: &str) -> Option<Vec<String>> {
        let mut names: Vec<&str> = path.split("::").filter(|name| !name.is_empty()).collect();
        let mut module = from.to_vec();
        match *names.first()? {
            "crate" => module.clear(),
            "super" | "self" => {}
            child if self.0.contains_key(&[from, &[child.to_owned()]].concat()) => {}
            _ => return None,
        }
        names.retain(|name| !["crate", "self"].contains(name));
        for (at, name) in names.iter().enumerate() {
            let below = [&module[..], &[(*name).to_owned()]].concat();
            if *name == "super" {
                module.pop();
            } else if self.0.contains_key(&below) {
                module = below;
            } else {
                let exported = self.uses(&module).into_iter().flat_map(expand);
                let mut exported =
                    exported.filter(|path| path.rsplit("::").next() == Some(name) && *path != names[at..].join("::"));
                let defined = exported.find_map(|path| self.definition(&module, &path));
                return Some(defined.unwrap_or(module));
            }
        }
        Some(module)
    }

    /// The files below a folder that import each other in a circle.
    fn cycles(&self, folder: &str) -> Vec<Vec<String>> {
        let inside = self.0.keys().filter(|module| module.first().is_some_and(|name| name == folder));
        let imports: HashMap<&String, HashSet<&String>> = inside
            .map(|module| {
                let paths = self.paths(module);
                let defined = paths.iter().filter_map(|path| self.definition(module, path));
                let files = defined.filter_map(|module| self.0.get(&module)).map(|(file, _)| file);
                let own = &self.0[module].0;
                (own, files.filter(|file| *file != own && file.starts_with(folder)).collect())
            })
            .collect();
        let reaches = |from: &String| {
            let mut reached: HashSet<&String> = HashSet::new();
            let mut open: Vec<&String> = imports[from].iter().copied().collect();
            while let Some(file) = open.pop() {
                if reached.insert(file) {
                    open.extend(&imports[file]);
                }
            }
            reached
        };
        let reached: HashMap<&String, HashSet<&String>> = imports.keys().map(|file| (*file, reaches(file))).collect();
        let mut cycles: Vec<Vec<String>> = Vec::new();
        for file in imports.keys().filter(|file| reached[**file].contains(**file)) {
            let others = reached[*file].iter().filter(|other| reached[**other].contains(*file));
            let mut cycle: Vec<String> = others.map(|other| (**other).clone()).collect();
            cycle.sort();
            cycles.push(cycle);
        }
        cycles.sort();
        cycles.dedup();
        cycles
    }
}

/// Files that import each other in a circle can be understood only together. A declaration such as `mod draw;` is
/// no import, and what a `mod.rs` re-exports counts as imported from the file that defines it. A file that imports
/// what its `mod.rs` defines, while that imports something from the file, is a circle. A call of a method is no
/// import, so a type may have its methods in several files of its folder.
#[test]
fn files_do_not_import_each_other_in_a_circle() {
    assert_eq!(expand("a::{b, c::{self, d as e}}"), ["a::b", "a::c::self", "a::c::d"]);
    for layer in ["storage", "services", "ui"] {
        assert_eq!(Modules::read().cycles(layer), Vec::<Vec<String>>::new());
    }
}

/// A screen names a destination instead of building another screen, so each can be read and changed alone.
#[test]
fn screens_do_not_import_each_other() {
    // The pages of the set-up wizard are forms.
    const ALLOWED: [(&str, &str); 1] = [("setup", "form")];
    let modules = Modules::read();
    let screen = |module: &[String]| match module {
        [ui, screens, screen, ..] if ui == "ui" && screens == "screens" => Some(screen.clone()),
        _ => None,
    };
    for module in modules.0.keys() {
        let Some(from) = screen(module) else { continue };
        let paths = modules.paths(module);
        let imported = paths.iter().filter_map(|path| screen(&modules.definition(module, path)?));
        for to in imported.filter(|to| *to != from && !["screen", "section"].contains(&to.as_str())) {
            assert!(ALLOWED.contains(&(from.as_str(), to.as_str())), "the screen {from} imports {to}");
        }
    }
}
