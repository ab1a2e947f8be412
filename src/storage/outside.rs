//! Files from outside the site that an editor chose: read once, and put into the site under a name that is free.
//!
//! Invariant: nothing of the site is written over, whatever the file is called; what was chosen is only read, only where it is a
//! regular file, and only up to a limit.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use super::error::StorageError;
use super::folder::SiteFolder;
use super::read::read;
use super::write::{SaveOutcome, SavePlan, Saver};
use crate::file::SitePath;

/// How many names are tried before it is given up.
const NAMES: usize = 1000;

/// The longest name that is given, without ending and number.
const LONGEST: usize = 80;

/// The bytes of a file that lies anywhere.
///
/// # Errors
/// When it is missing, not regular, larger than `limit`, or the disk fails.
pub fn read_chosen(path: &Path, limit: u64) -> Result<Vec<u8>, StorageError> {
    let shown = || path.display().to_string();
    let failed = |error: io::Error| StorageError::io("read", path.display(), &error);
    // Asked before it is opened: a pipe would make us wait.
    if !path.metadata().map_err(failed)?.is_file() {
        return Err(StorageError::NotRegular { path: shown() });
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    if size <= limit {
        file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    }
    if size.max(bytes.len() as u64) > limit {
        return Err(StorageError::TooLarge { path: shown(), size, limit });
    }
    Ok(bytes)
}

/// Where a file lies in the site, if it lies there already, links followed.
#[must_use]
pub fn inside(site: &SiteFolder, path: &Path) -> Option<SitePath> {
    let real = path.canonicalize().ok()?;
    let inner = real.strip_prefix(site.root()).ok()?;
    let parts: Option<Vec<&str>> = inner.iter().map(|part| part.to_str()).collect();
    SitePath::new(&parts?.join("/")).ok()
}

/// Puts bytes into a folder of the site, under this name or the next one that is free, and says under which. A file that has
/// these very bytes already is as good. `is_taken` says of names that differ from a file's in the case of letters alone, which
/// some disks cannot keep apart.
///
/// # Errors
/// When the disk or git is in the way; nothing is in the site then.
pub fn put(
    site: &SiteFolder,
    folder: &str,
    name: &str,
    bytes: Vec<u8>,
    is_taken: &dyn Fn(&SitePath) -> bool,
) -> Result<SitePath, StorageError> {
    let saver = Saver::through(Arc::new(site.disk(None)), None);
    let result = put_with(&saver, site, folder, &tame(name), bytes, is_taken);
    // A new file displaces nothing, so nothing is left to be merged.
    saver.close();
    result
}

fn put_with(
    saver: &Saver,
    site: &SiteFolder,
    folder: &str,
    name: &str,
    mut bytes: Vec<u8>,
    is_taken: &dyn Fn(&SitePath) -> bool,
) -> Result<SitePath, StorageError> {
    let (stem, ending) = name.rsplit_once('.').map_or((name, String::new()), |(stem, end)| (stem, format!(".{end}")));
    let below = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    for number in 1..=NAMES {
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        let whole = format!("{below}{stem}{number}{ending}");
        let path = SitePath::new(&whole).map_err(|_path| StorageError::Outside { path: whole })?;
        // A look before the save: the usual answer to a name that is taken, without a word to git.
        match read(site, &path) {
            Ok(there) if there.bytes[..] == bytes[..] => return Ok(path),
            Ok(_) | Err(StorageError::NotRegular { .. } | StorageError::TooLarge { .. }) => continue,
            Err(error) if error.is_not_found() && is_taken(&path) => continue,
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error),
        }
        let plan = SavePlan { path: path.clone(), expected: None, bytes };
        match saver.save(&plan, &|| false) {
            SaveOutcome::Written(_) | SaveOutcome::Unchanged(_) => return Ok(path),
            SaveOutcome::Failed(error) => return Err(error),
            SaveOutcome::MovedOn(_) | SaveOutcome::Gone => bytes = plan.bytes,
        }
    }
    let reason = io::Error::new(io::ErrorKind::AlreadyExists, format!("there are {NAMES} files of this name"));
    Err(StorageError::io("write", format!("{below}{name}"), &reason))
}

/// A name that every disk, address and shell can bear: small letters, digits, and hyphens between them.
fn tame(name: &str) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let mut tamed = String::new();
    for c in stem.chars().flat_map(char::to_lowercase) {
        if tamed.len() >= LONGEST {
            break;
        }
        if c.is_alphanumeric() || c == '_' {
            tamed.push(c);
        } else if !tamed.ends_with('-') && !tamed.is_empty() {
            tamed.push('-');
        }
    }
    let tamed = tamed.trim_end_matches('-');
    let is_device = |name: &str| {
        let numbered = name.strip_prefix("com").or_else(|| name.strip_prefix("lpt"));
        ["con", "prn", "aux", "nul"].contains(&name) || numbered.is_some_and(|rest| rest.len() == 1)
    };
    let tamed = if tamed.is_empty() || is_device(tamed) { format!("picture{tamed}") } else { tamed.to_owned() };
    let ending: String = ending.to_lowercase().chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    if ending.is_empty() { tamed } else { format!("{tamed}.{ending}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_such_that_every_disk_and_address_bears_them() {
        for (name, expected) in [
            ("Photo 1 (final).JPG", "photo-1-final.jpg"),
            ("beach.jpeg", "beach.jpeg"),
            ("../../etc/passwd.png", "etc-passwd.png"),
            (".hidden", "picture.hidden"),
            ("Übung_ß.png", "übung_ß.png"),
            ("a\u{202e}gnp.exe\n.png", "a-gnp-exe.png"),
            ("CON.png", "picturecon.png"),
            ("lpt1.png", "picturelpt1.png"),
            ("---.webp", "picture.webp"),
            ("no ending", "no-ending"),
        ] {
            assert_eq!(tame(name), expected);
        }
        assert!(tame(&"ü".repeat(300)).len() <= LONGEST + 2);
    }

    #[test]
    fn nothing_is_written_over_and_the_same_bytes_are_not_put_twice() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("assets")).unwrap();
        std::fs::write(folder.path().join("assets/a.png"), "theirs").unwrap();
        std::fs::write(folder.path().join("assets/B.png"), "theirs").unwrap();
        let site = SiteFolder::open(folder.path()).unwrap();
        let is_taken = |path: &SitePath| path.as_str() == "assets/b.png";
        let put = |name: &str, bytes: &str| {
            put(&site, "assets", name, bytes.as_bytes().to_vec(), &is_taken).unwrap().as_str().to_owned()
        };
        assert_eq!(put("a.png", "ours"), "assets/a-2.png");
        assert_eq!(put("A.PNG", "ours"), "assets/a-2.png");
        assert_eq!(put("a.png", "more"), "assets/a-3.png");
        assert_eq!(put("a.png", "theirs"), "assets/a.png");
        assert_eq!(put("b.png", "ours"), "assets/b-2.png", "a name in other letters is taken, too");
        let read = |name: &str| std::fs::read_to_string(folder.path().join("assets").join(name)).unwrap();
        assert_eq!((read("a.png"), read("a-2.png"), read("B.png")), ("theirs".into(), "ours".into(), "theirs".into()));
        let mut names: Vec<_> =
            std::fs::read_dir(folder.path().join("assets")).unwrap().map(|it| it.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["B.png", "a-2.png", "a-3.png", "a.png", "b-2.png"], "nothing else is left");
    }

    #[test]
    fn a_folder_that_is_not_there_is_made_and_none_outside_is_entered() {
        let folder = tempfile::tempdir().unwrap();
        let site = SiteFolder::open(folder.path()).unwrap();
        let path = put(&site, "assets/images", "a.png", b"x".to_vec(), &|_| false).unwrap();
        assert_eq!(path.as_str(), "assets/images/a.png");
        assert!(folder.path().join(path.as_str()).is_file());
        assert!(put(&site, "../out", "a.png", b"x".to_vec(), &|_| false).is_err());
        #[cfg(unix)]
        {
            let other = tempfile::tempdir().unwrap();
            std::os::unix::fs::symlink(other.path(), folder.path().join("away")).unwrap();
            assert!(put(&site, "away", "a.png", b"x".to_vec(), &|_| false).is_err());
            assert_eq!(std::fs::read_dir(other.path()).unwrap().count(), 0);
        }
    }

    #[test]
    fn only_a_regular_file_of_bearable_size_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.png");
        std::fs::write(&file, "12345").unwrap();
        assert_eq!(read_chosen(&file, 5).unwrap(), b"12345");
        assert!(matches!(read_chosen(&file, 4), Err(StorageError::TooLarge { size: 5, limit: 4, .. })));
        assert!(matches!(read_chosen(folder.path(), 5), Err(StorageError::NotRegular { .. })));
        assert!(read_chosen(&folder.path().join("none"), 5).unwrap_err().is_not_found());
        let site = SiteFolder::open(folder.path()).unwrap();
        assert_eq!(inside(&site, &file), SitePath::new("a.png").ok());
        assert_eq!(inside(&site, &std::env::temp_dir()), None);
    }
}
