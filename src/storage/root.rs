//! Finds the site that a file belongs to, for those who name a file and not a folder.
//!
//! Invariant: only names are looked at; nothing is opened, and a link in the file's own place is not followed.

use std::path::{Path, PathBuf};

use super::error::{Cause, StorageError};

/// What stands in the top folder of a site.
const SIGNS: [&str; 10] = [
    ".copydesk.yaml",
    "_config.yml",
    "_config.yaml",
    "_config.toml",
    "hugo.toml",
    "hugo.yaml",
    "hugo.yml",
    "hugo.json",
    "hugo.work",
    ".git",
];

/// The top folder of the site that a file belongs to, and the file's path in it with `/` between the parts. The nearest folder
/// above it that looks like a site's top; the file's own folder where none does.
///
/// # Errors
/// When the file's folder does not exist, or a name on the way is not text.
pub fn of_file(file: &Path) -> Result<(PathBuf, String), StorageError> {
    let shown = || file.display().to_string();
    let failed = |error: &std::io::Error| StorageError::Io { action: "read", path: shown(), cause: Cause::from(error) };
    let missing = || failed(&std::io::ErrorKind::NotFound.into());
    let name = file.file_name().ok_or_else(|| StorageError::NotRegular { path: shown() })?;
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let folder = parent.canonicalize().map_err(|error| failed(&error))?;
    let top = folder.ancestors().find(|folder| is_top(folder)).unwrap_or(&folder);
    let inside = folder.strip_prefix(top).map_err(|_prefix| missing())?.join(name);
    let parts: Option<Vec<&str>> = inside.components().map(|part| part.as_os_str().to_str()).collect();
    let inside = parts.ok_or_else(missing)?.join("/");
    Ok((top.to_owned(), inside))
}

fn is_top(folder: &Path) -> bool {
    SIGNS.iter().any(|sign| folder.join(sign).exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_folder_that_looks_like_a_site() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("repo/site/_news/2020")).unwrap();
        std::fs::create_dir_all(root.join("repo/.git")).unwrap();
        let file = root.join("repo/site/_news/2020/a.md");
        assert_eq!(of_file(&file).unwrap(), (root.join("repo"), "site/_news/2020/a.md".to_owned()));
        std::fs::write(root.join("repo/site/_config.yml"), "").unwrap();
        assert_eq!(of_file(&file).unwrap(), (root.join("repo/site"), "_news/2020/a.md".to_owned()));
        assert!(of_file(&root.join("nowhere/a.md")).is_err());
    }
}
