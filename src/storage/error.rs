//! What can go wrong on the disk, said with its cause and what to do about it.
//!
//! Invariant: an error names the file it is about, never its content.

use std::fmt;
use std::io;

/// Why the disk did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// A call of the system failed.
    #[error("Cannot {action} {path}: {cause}")]
    Io {
        /// What was tried, as a verb: "read", "write".
        action: &'static str,
        /// The file or folder.
        path: String,
        /// What the system said.
        cause: Cause,
    },
    /// The site's folder is missing or is a file.
    #[error("{path} is not a folder that can be opened: {cause}")]
    NotAFolder {
        /// The folder asked for.
        path: String,
        /// What the system said.
        cause: Cause,
    },
    /// The file is larger than what is read into memory.
    #[error("{path} is too large: {size} bytes, and at most {limit} are read")]
    TooLarge {
        /// The file.
        path: String,
        /// Its size.
        size: u64,
        /// The limit that it breaks.
        limit: u64,
    },
    /// A folder, a pipe, a socket, a device.
    #[error("{path} is not a regular file, so it is neither read nor written")]
    NotRegular {
        /// The file.
        path: String,
    },
    /// A symbolic link, or a folder on the way, leaves the site.
    #[error("{path} leads out of the site through a symbolic link, so it is neither read nor written")]
    Outside {
        /// The file.
        path: String,
    },
    /// The file may not be written by this user.
    #[error("{path} is read-only. Make it writable, then save again; the edit stays pending.")]
    ReadOnly {
        /// The file.
        path: String,
    },
    /// The file has other names that would keep the old text.
    #[error(
        "{path} has {links} names (hard links), and a save would leave the others with the old text. Make it a file of its own, then save again; the edit stays pending."
    )]
    HardLinked {
        /// The file.
        path: String,
        /// How many names it has.
        links: u64,
    },
    /// Owner, group or an attribute cannot be given to the new file.
    #[error(
        "{path} has {what} that this user cannot set, and a save would change it: {cause}. The edit stays pending."
    )]
    Metadata {
        /// The file.
        path: String,
        /// "an owner or group", "an extended attribute".
        what: &'static str,
        /// What the system said.
        cause: Cause,
    },
    /// `index.lock` did not go away.
    #[error(
        "Git is working in this site, so {path} was not written. Save again when it is done; if no git runs, remove {lock}."
    )]
    GitBusy {
        /// The file.
        path: String,
        /// The lock that is in the way.
        lock: String,
    },
    /// The process that has this journal said it is ending, and goes on.
    #[error(
        "Another window of this site is still closing ({path}). Read the site again when it is closed, for what it leaves unsaved"
    )]
    StillEnding {
        /// The lock of its journal.
        path: String,
    },
    /// Another folder has the site's path.
    #[error(
        "{path} was not written: another folder took the place of the site's. Read the site again to open that one; the edit stays pending."
    )]
    Replaced {
        /// The file.
        path: String,
    },
    /// Another folder has the site's path, and what is unsaved is nowhere but in memory.
    #[error(
        "Another folder took the place of {path}. It is not opened while unsaved edits cannot be journalled; see to the state folder, then read the site again"
    )]
    NotReopened {
        /// The site.
        path: String,
    },
    /// The editor asked to stop.
    #[error("Stopped before {path} was written; the edit stays pending")]
    Cancelled {
        /// The file.
        path: String,
    },
    /// The new text is visible, but it may not survive a power cut.
    #[error(
        "{path} holds the new text, but the disk did not confirm it: {cause}. Check the disk, then save again; the edit stays pending."
    )]
    NotDurable {
        /// The file.
        path: String,
        /// What the system said.
        cause: Cause,
    },
    /// The new text is visible, but what it replaced cannot be read.
    #[error(
        "{path} holds the new text, but the version it replaced cannot be checked: {cause}. It is kept and looked at again at the next start; the edit stays pending."
    )]
    NotChecked {
        /// The file.
        path: String,
        /// What the system said.
        cause: Cause,
    },
    /// Others kept writing the file while it was being saved.
    #[error("{path} is being written by another program all the time. Save again later; the edit stays pending.")]
    Contended {
        /// The file.
        path: String,
    },
    /// A file of ours was written by a newer copydesk.
    #[error(
        "{path} was written by a newer copydesk (version {version}), so it is left as it is. Update copydesk to use it."
    )]
    Newer {
        /// The file.
        path: String,
        /// The version it carries.
        version: u32,
    },
    /// A file of ours cannot be understood.
    #[error("{path} is damaged: {reason}")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The system does not say where settings belong.
    #[error("No place for settings: {reason}. Set COPYDESK_STATE to a folder.")]
    NoHome {
        /// What is missing.
        reason: String,
    },
    /// The file could not be moved to the trash.
    #[error("Cannot move {path} to the trash: {reason}")]
    Trash {
        /// The file.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// The folder cannot be watched.
    #[error("Cannot watch {path} for changes: {reason}")]
    Watch {
        /// The folder.
        path: String,
        /// What the system said.
        reason: String,
    },
}

impl StorageError {
    /// The error of a failed call.
    pub(crate) fn io(action: &'static str, path: impl fmt::Display, error: &io::Error) -> Self {
        Self::Io { action, path: path.to_string(), cause: Cause::from(error) }
    }

    /// Whether the file is simply not there: nothing of that name, or in a folder that is a file by now.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Io { cause, .. } if is_gone(cause.kind))
    }
}

/// What the system answered, in words that say what to do where we know it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Cause {
    /// The kind of the error, for those who decide by it.
    pub kind: io::ErrorKind,
    /// The words.
    pub text: String,
}

impl From<&io::Error> for Cause {
    fn from(error: &io::Error) -> Self {
        Self { kind: error.kind(), text: words(error) }
    }
}

/// Whether the disk says that there is nothing of this name.
pub(crate) fn is_gone(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Whether this is how the directory handle answers a path that leads out of its folder.
pub(crate) fn is_escape(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none()
}

fn words(error: &io::Error) -> String {
    use io::ErrorKind as K;
    let known = match error.kind() {
        K::StorageFull => "the disk is full; free some space and try again",
        K::QuotaExceeded => "your quota on this disk is used up; free some space and try again",
        K::PermissionDenied => "permission denied; check who owns the file and its folder",
        K::ReadOnlyFilesystem => "the disk is read-only; remount it for writing and try again",
        K::NotFound => "it is not there; it may have been moved or deleted",
        K::StaleNetworkFileHandle => "the network disk lost the file; reconnect it and try again",
        K::ResourceBusy => "it is in use; try again in a moment",
        K::FileTooLarge => "the system's limit for file sizes is reached",
        _ => "",
    };
    if known.is_empty() { error.to_string() } else { known.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_said_with_its_remedy() {
        let error = StorageError::io("write", "_news/a.md", &io::Error::from(io::ErrorKind::StorageFull));
        assert_eq!(error.to_string(), "Cannot write _news/a.md: the disk is full; free some space and try again");
    }
}
