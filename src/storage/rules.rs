//! What is left out of a site: build output, dot folders, what `.gitignore` and the site's `exclude` name.
//!
//! Invariant: scan and watch leave out the same. Only files inside the site are read for it.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use cap_std::fs::Dir;
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::folder::SiteFolder;
use crate::file::SitePath;

/// The longest `.gitignore` that is obeyed.
const LIMIT: u64 = 1024 * 1024;

/// Folders at the top of a site that hold what was built.
const BUILT: [&str; 2] = ["_site", "public"];

/// What the caller wants left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScanOptions {
    /// Patterns of the site's configuration, from its top: `vendor`, `drafts/*.md`, `*.bak`.
    pub exclude: Vec<String>,
    /// Names are enough: stamps are left empty where asking for them would be a call of its own.
    pub names_only: bool,
}

/// The rules that hold in one folder: its own `.gitignore`, then those above.
pub(crate) struct Level {
    own: Gitignore,
    above: Option<Arc<Level>>,
}

impl Level {
    /// The rules of the top folder.
    pub(crate) fn top(site: &SiteFolder, options: &ScanOptions) -> Arc<Self> {
        let mut configured = GitignoreBuilder::new("");
        for pattern in &options.exclude {
            add(&mut configured, &anchored(pattern));
        }
        let configured = Arc::new(Self { own: built(&configured), above: None });
        Self::below(site.handle(), "", Some(configured))
    }

    /// The rules of a folder: those of its parent, and its own `.gitignore`.
    pub(crate) fn below(folder: &Dir, path: &str, above: Option<Arc<Self>>) -> Arc<Self> {
        let mut own = GitignoreBuilder::new(path);
        for line in gitignore(folder).unwrap_or_default().lines() {
            add(&mut own, line);
        }
        match above {
            Some(above) if own.build().is_ok_and(|own| own.is_empty()) && !path.is_empty() => above,
            above => Arc::new(Self { own: built(&own), above }),
        }
    }

    /// Whether a file or folder in this folder is left out.
    pub(crate) fn leaves_out(&self, path: &str, name: &str, is_folder: bool) -> bool {
        if is_folder && (name.starts_with('.') || name == "node_modules" || BUILT.contains(&path)) {
            return true;
        }
        self.leaves_out_by_pattern(path, is_folder)
    }

    fn leaves_out_by_pattern(&self, path: &str, is_folder: bool) -> bool {
        let own = if self.own.is_empty() { Match::None } else { self.own.matched(Path::new(path), is_folder) };
        match own {
            Match::Ignore(_) => true,
            Match::Whitelist(_) => false,
            Match::None => self.above.as_ref().is_some_and(|above| above.leaves_out_by_pattern(path, is_folder)),
        }
    }
}

/// The rules of a site, asked path by path. What it has read of `.gitignore` files it keeps: make a new one after they change.
pub struct Rules {
    site: SiteFolder,
    top: Arc<Level>,
    folders: Mutex<HashMap<String, Option<Arc<Level>>>>,
}

impl Rules {
    /// The rules of a site.
    #[must_use]
    pub fn new(site: &SiteFolder, options: &ScanOptions) -> Self {
        Self { site: site.clone(), top: Level::top(site, options), folders: Mutex::default() }
    }

    /// Whether a file is left out, by its name or by a folder on the way.
    #[must_use]
    pub fn leaves_out(&self, path: &SitePath) -> bool {
        self.level(path.folder()).is_none_or(|level| level.leaves_out(path.as_str(), path.name(), false))
    }

    /// The rules in a folder; `None`: it is left out itself.
    fn level(&self, folder: &str) -> Option<Arc<Level>> {
        if folder.is_empty() {
            return Some(Arc::clone(&self.top));
        }
        let known = self.folders.lock().unwrap_or_else(PoisonError::into_inner).get(folder).cloned();
        if let Some(level) = known {
            return level;
        }
        let (parent, name) = folder.rsplit_once('/').unwrap_or(("", folder));
        let level = self.level(parent).filter(|above| !above.leaves_out(folder, name, true)).map(|above| {
            match self.site.handle().open_dir(folder) {
                Ok(handle) => Level::below(&handle, folder, Some(above)),
                Err(_gone) => above,
            }
        });
        self.folders.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned(), level.clone());
        level
    }
}

fn gitignore(folder: &Dir) -> Option<String> {
    // As git does, a link is not obeyed.
    if !folder.symlink_metadata(".gitignore").ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    folder.open(".gitignore").ok()?.take(LIMIT).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// A pattern of a site's configuration as git would say it: a plain name counts from the top, `*.bak` everywhere.
fn anchored(pattern: &str) -> String {
    let pattern = pattern.trim();
    let plain = !pattern.contains(['*', '?', '[']);
    if pattern.starts_with('/') || pattern.is_empty() {
        pattern.to_owned()
    } else if plain || pattern.trim_end_matches('/').contains('/') {
        format!("/{}", pattern.trim_start_matches("./"))
    } else {
        pattern.to_owned()
    }
}

fn add(builder: &mut GitignoreBuilder, line: &str) {
    if let Err(error) = builder.add_line(None, line) {
        log::info!("a pattern is not understood and leaves nothing out: {error}");
    }
}

fn built(builder: &GitignoreBuilder) -> Gitignore {
    builder.build().unwrap_or_else(|error| {
        log::info!("patterns are not understood and leave nothing out: {error}");
        Gitignore::empty()
    })
}
