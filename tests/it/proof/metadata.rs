//! What a save keeps of a file beside its text: a table of kinds of files.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;

use copydesk::storage::SaveOutcome;

use crate::common::{Column, reached};
use crate::saving::World;

/// What must come of a save.
#[derive(Clone, Copy, PartialEq)]
enum Want {
    /// Written, and everything else as it was.
    Kept,
    /// Refused, for a save would change what is not ours to change; the message has these words.
    Refused(&'static str),
}

/// A kind of file: how it is made, how it is looked at.
struct Row {
    name: &'static str,
    make: fn(&Path),
    look: fn(&Path) -> String,
    want: Want,
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn attribute(path: &Path, name: &str, value: &[u8]) {
    rustix::fs::setxattr(path, name, value, rustix::fs::XattrFlags::empty()).unwrap();
}

/// All attributes with their values, the access list among them.
fn attributes(path: &Path) -> String {
    let (mut names, mut value) = (vec![0_u8; 4096], vec![0_u8; 4096]);
    let length = rustix::fs::listxattr(path, &mut names[..]).unwrap();
    let mut lines: Vec<String> = names[..length]
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty())
        .map(|name| {
            let length = rustix::fs::getxattr(path, name, &mut value[..]).unwrap();
            format!("{}={:?}", String::from_utf8_lossy(name), &value[..length])
        })
        .collect();
    lines.sort();
    lines.join("\n")
}

/// An access list as the kernel has it: the owner and one more user may write; the group, one more group and all others read.
fn access_list() -> Vec<u8> {
    const NOBODY: u32 = u32::MAX;
    let entries: [(u16, u16, u32); 6] =
        [(1, 6, NOBODY), (2, 6, 1234), (4, 4, NOBODY), (8, 4, 2345), (16, 6, NOBODY), (32, 4, NOBODY)];
    let mut bytes = 2_u32.to_le_bytes().to_vec();
    for (tag, may, whose) in entries {
        bytes.extend([tag.to_le_bytes(), may.to_le_bytes()].concat());
        bytes.extend(whose.to_le_bytes());
    }
    bytes
}

fn permissions(path: &Path) -> String {
    let metadata = fs::metadata(path).unwrap();
    format!("{:o} {} {}", metadata.mode(), metadata.uid(), metadata.gid())
}

fn chown(path: &Path, owner: u32, group: u32) {
    std::os::unix::fs::chown(path, Some(owner), Some(group)).unwrap();
}

fn rows() -> Vec<Row> {
    let row = |name, make, look, want| Row { name, make, look, want };
    let kept = |name, make| row(name, make, permissions, Want::Kept);
    vec![
        kept("mode 644", |path| mode(path, 0o644)),
        kept("mode 600", |path| mode(path, 0o600)),
        kept("mode 640", |path| mode(path, 0o640)),
        kept("mode 664", |path| mode(path, 0o664)),
        kept("mode 755", |path| mode(path, 0o755)),
        kept("mode 666", |path| mode(path, 0o666)),
        kept("mode 777", |path| mode(path, 0o777)),
        kept("mode 200: written only", |path| mode(path, 0o200)),
        kept("setgid", |path| mode(path, 0o2755)),
        kept("sticky", |path| mode(path, 0o1644)),
        kept("another owner", |path| chown(path, 1234, 0)),
        kept("another group", |path| chown(path, 0, 2345)),
        kept("another owner, private", |path| {
            chown(path, 1234, 2345);
            mode(path, 0o600);
        }),
        row("an attribute", |path| attribute(path, "user.note", b"kept"), attributes, Want::Kept),
        row("an empty attribute", |path| attribute(path, "user.empty", b""), attributes, Want::Kept),
        row("bytes in an attribute", |path| attribute(path, "user.raw", &[0, 255, 10]), attributes, Want::Kept),
        row("a large attribute", |path| attribute(path, "user.large", &[b'x'; 2000]), attributes, Want::Kept),
        row("an attribute of the system", |path| attribute(path, "trusted.note", b"kept"), attributes, Want::Kept),
        row(
            "an access list",
            |path| attribute(path, "system.posix_acl_access", &access_list()),
            |path| format!("{} {}", permissions(path), attributes(path)),
            Want::Kept,
        ),
        row(
            "a link inside the site",
            |path| {
                fs::rename(path, path.with_extension("real")).unwrap();
                symlink("a.real", path).unwrap();
            },
            |path| format!("{:?}", fs::read_link(path)),
            Want::Kept,
        ),
        row(
            "a link out of the site",
            |path| {
                let outside = path.parent().unwrap().parent().unwrap().join("outside.md");
                fs::rename(path, outside).unwrap();
                symlink("../outside.md", path).unwrap();
            },
            |path| format!("{:?}", fs::read_link(path)),
            Want::Refused("leads out of the site"),
        ),
        row(
            "two names",
            |path| fs::hard_link(path, path.with_extension("other")).unwrap(),
            |path| fs::metadata(path).unwrap().nlink().to_string(),
            Want::Refused("2 names (hard links)"),
        ),
        row("read-only", |path| mode(path, 0o444), permissions, Want::Refused("is read-only")),
        row("read-only and run", |path| mode(path, 0o555), permissions, Want::Refused("is read-only")),
    ]
}

#[test]
fn a_save_keeps_everything_but_the_text() {
    const ROW: &str = "metadata";
    if !super::is_root(ROW) {
        return;
    }
    let rows = rows();
    let mut reached_rows = 0;
    for row in &rows {
        for (old, new) in [("\u{feff}---\r\na: 1\r\n---\r\n", "\u{feff}---\r\na: 2\r\n---\r\n"), ("old", "new")] {
            let world = World::new(true);
            world.write("a.md", old);
            let path = world.root().join("a.md");
            (row.make)(&path);
            let before = (row.look)(&path);
            assert!(!before.is_empty(), "{}: there is nothing to be kept", row.name);
            let outcome = world.save("a.md", Some(old), new);
            assert_eq!((row.look)(&path), before, "{}", row.name);
            let text = fs::read_to_string(&path).unwrap();
            match (&outcome, row.want) {
                (SaveOutcome::Written(_), Want::Kept) => assert_eq!(text, new, "{}", row.name),
                (SaveOutcome::Failed(error), Want::Refused(words)) => {
                    assert!(error.to_string().contains(words), "{}: {error}", row.name);
                    assert_eq!(text, old, "{}", row.name);
                }
                _ => panic!("{}: {outcome:?}", row.name),
            }
        }
        reached_rows += 1;
    }
    assert_eq!(reached_rows, 24);
    reached(ROW, Column::rounds(1, 1, 1), &format!("{reached_rows} kinds of files"));
}
