//! Git, as far as it can be known from its files: where its folder is, which branch is out, whether it is working.
//!
//! Invariant: no process is started and no configuration is obeyed. A folder outside the site counts as its git folder only
//! if it says so itself: a file in the site cannot make copydesk write elsewhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use super::folder::SiteFolder;

/// The longest file of git's that is read here.
const SMALL_FILE: u64 = 64 * 1024;

/// The git folder of a site, proved to belong to it.
pub struct GitFolder {
    work_tree: PathBuf,
    handle: Arc<Dir>,
    common: Arc<Dir>,
    path: PathBuf,
}

/// What is checked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Branch {
    /// A branch by its name, also one without any commit.
    Named(String),
    /// A commit without a branch, by the first digits of its name.
    Detached(String),
}

impl GitFolder {
    /// The top of the work tree; the site is this folder or one below it.
    #[must_use]
    pub fn work_tree(&self) -> &Path {
        &self.work_tree
    }

    /// The git folder of this work tree.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn handle(&self) -> Arc<Dir> {
        Arc::clone(&self.handle)
    }

    pub(crate) fn common_handle(&self) -> Arc<Dir> {
        Arc::clone(&self.common)
    }
}

/// The branch of the site; `None` without git, or where `HEAD` cannot be understood.
#[must_use]
pub fn branch(site: &SiteFolder) -> Option<Branch> {
    let head = read_small(&site.git()?.handle, "HEAD")?;
    let head = head.trim_end();
    match head.strip_prefix("ref:") {
        Some(name) => {
            let name = name.trim();
            Some(Branch::Named(name.strip_prefix("refs/heads/").unwrap_or(name).to_owned()))
        }
        None if head.len() >= 40 && head.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            head.get(..9).map(|name| Branch::Detached(name.to_owned()))
        }
        None => None,
    }
}

/// Finds the git folder of a site: `.git` in it or in a folder above.
pub(crate) fn find(root: &Path) -> Option<GitFolder> {
    let work_tree = root.ancestors().find(|folder| fs::symlink_metadata(folder.join(".git")).is_ok())?;
    if !same_owner(root, work_tree) {
        return None;
    }
    let dot_git = work_tree.join(".git");
    let kind = fs::symlink_metadata(&dot_git).ok()?.file_type();
    let path = if kind.is_dir() {
        dot_git
    } else if kind.is_file() {
        linked(work_tree, &dot_git)?
    } else {
        return None;
    };
    let handle = Arc::new(Dir::open_ambient_dir(&path, ambient_authority()).ok()?);
    read_small(&handle, "HEAD")?;
    let common = match read_small(&handle, "commondir") {
        Some(common) => {
            let common = path.join(common.trim_end()).canonicalize().ok()?;
            // Only the folder that holds ours as git has it: what else a site's own git folder names lies anywhere.
            let worktrees = path.parent()?;
            (worktrees.ends_with("worktrees") && worktrees.parent()? == common).then_some(())?;
            Arc::new(Dir::open_ambient_dir(&common, ambient_authority()).ok()?)
        }
        None => Arc::clone(&handle),
    };
    Some(GitFolder { work_tree: work_tree.to_owned(), handle, common, path })
}

/// The folder named by a `.git` file, if that folder names the file or its folder back.
fn linked(work_tree: &Path, dot_git: &Path) -> Option<PathBuf> {
    let text = read_small(&Dir::open_ambient_dir(work_tree, ambient_authority()).ok()?, ".git")?;
    let target = work_tree.join(text.strip_prefix("gitdir:")?.trim()).canonicalize().ok()?;
    let handle = Dir::open_ambient_dir(&target, ambient_authority()).ok()?;
    if let Some(back) = read_small(&handle, "gitdir") {
        let back = target.join(back.trim_end()).canonicalize().ok()?;
        return (back == dot_git.canonicalize().ok()?).then_some(target);
    }
    let config = read_small(&handle, "config")?;
    let named = config.lines().filter_map(|line| line.trim().strip_prefix("worktree")).find_map(|rest| {
        let value = rest.trim_start().strip_prefix('=')?.trim().trim_matches('"');
        target.join(value).canonicalize().ok()
    })?;
    (named == work_tree).then_some(target)
}

fn read_small(folder: &Dir, name: &str) -> Option<String> {
    use std::io::Read as _;
    if !folder.symlink_metadata(name).ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    folder.open(name).ok()?.take(SMALL_FILE).read_to_string(&mut text).ok()?;
    Some(text)
}

/// A `.git` that another user put above the site is not ours.
#[cfg(unix)]
fn same_owner(root: &Path, work_tree: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let owner = |path: &Path| fs::symlink_metadata(path).map(|metadata| metadata.uid()).ok();
    let git = owner(&work_tree.join(".git"));
    git.is_some() && (git == owner(root) || git == Some(rustix::process::geteuid().as_raw()))
}

#[cfg(not(unix))]
fn same_owner(_root: &Path, _work_tree: &Path) -> bool {
    true
}
