//! What a save keeps of a file beside its text: a table of kinds of files.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

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

fn tool(program: &str, arguments: &[&str], path: &Path) -> String {
    let output = Command::new(program).args(arguments).arg(path).output();
    output.map_or_else(|error| error.to_string(), |output| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn attribute(path: &Path, name: &str, value: &[u8]) {
    rustix::fs::setxattr(path, name, value, rustix::fs::XattrFlags::empty()).unwrap();
}

fn attributes(path: &Path) -> String {
    tool("getfattr", &["-d", "-m", "-", "--absolute-names"], path)
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
            |path| drop(tool("setfacl", &["-m", "u:1234:rw,g:2345:r"], path)),
            |path| tool("getfacl", &["-p", "-n"], path),
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
    if !super::is_root(ROW) || !super::tools(ROW, &["getfattr", "setfacl", "getfacl"]) {
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
