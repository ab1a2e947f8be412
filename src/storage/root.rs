//! Finds the site that a file belongs to, for those who name a file and not a folder.
//!
//! Invariant: only names are looked at; nothing is opened, and a link on the way from the site's top to the file is not followed:
//! one that leads out of the site is for the site's handle to refuse.

use std::path::{Component, Path, PathBuf};

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
/// above it that looks like a site's top, first on the path as it was named, then on the one it really is; the file's own folder
/// where none does.
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
    if let Some((top, inside)) = as_named(file) {
        return Ok((top.canonicalize().map_err(|error| failed(&error))?, inside));
    }
    let top = folder.ancestors().find(|folder| is_top(folder)).unwrap_or(&folder);
    let inside = folder.strip_prefix(top).map_err(|_prefix| missing())?.join(name);
    Ok((top.to_owned(), parts_of(&inside).ok_or_else(missing)?))
}

/// The nearest top on the path as it was named, and the rest of that path.
fn as_named(file: &Path) -> Option<(PathBuf, String)> {
    let whole = std::path::absolute(file).ok()?;
    let top = whole.ancestors().skip(1).find(|folder| is_top(folder))?;
    Some((top.to_owned(), parts_of(whole.strip_prefix(top).ok()?)?))
}

/// A path below a site with `/` between its parts; nothing where it goes up, or has a name that is no text.
fn parts_of(inside: &Path) -> Option<String> {
    let part = |part: Component<'_>| match part {
        Component::Normal(name) => name.to_str().map(str::to_owned),
        _ => None,
    };
    inside.components().map(part).collect::<Option<Vec<String>>>().map(|parts| parts.join("/"))
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
        let up = root.join("repo/site/_news/../_news/2020/a.md");
        assert_eq!(of_file(&up).unwrap(), (root.join("repo/site"), "_news/2020/a.md".to_owned()));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_a_site_is_a_path_of_the_site() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("site/_news")).unwrap();
        std::fs::create_dir_all(root.join("outside")).unwrap();
        std::fs::write(root.join("site/_config.yml"), "").unwrap();
        symlink("../../outside", root.join("site/_news/out")).unwrap();
        symlink("site", root.join("by-link")).unwrap();
        symlink("site/_news", root.join("news")).unwrap();
        let site = root.join("site");
        assert_eq!(of_file(&site.join("_news/out/a.md")).unwrap(), (site.clone(), "_news/out/a.md".to_owned()));
        assert_eq!(of_file(&root.join("by-link/_news/a.md")).unwrap(), (site.clone(), "_news/a.md".to_owned()));
        assert_eq!(of_file(&root.join("news/a.md")).unwrap(), (site, "_news/a.md".to_owned()));
    }
}
