//! What is malformed or made to harm, by kind: each row is refused or bounded, and none ends the program.

use std::fs;
use std::path::Path;
use std::process::Command;

use copydesk::document::Document;
use copydesk::file::SitePath;
use copydesk::site::Config;
use copydesk::site::links::{Target, resolve};
use copydesk::storage::{SiteFolder, git, root};

use super::COPYDESK;
use crate::common::{Column, reached};

/// Front matter that is no map, too deep, too large, or not what it seems; and whether it may be edited.
fn yaml() -> Vec<(String, bool)> {
    let fenced = |text: &str| format!("---\n{text}\n---\nBody\n");
    let broken = [
        "a: [",
        "a: {",
        "a: ]",
        "a: }",
        "a: \"",
        "a: '",
        "a: \"\\q\"",
        "a: \"\\uD800\"",
        "a: \"\\x\"",
        "a: *b",
        "*a: 1",
        "a: &",
        "a: b: c",
        "a:\n\t- b",
        "a: 1\n b: 2",
        "- a\nb: 1",
        "a: |\n x\n  y\n z: [",
        "? [\n",
        "a: @b",
        "a: `b`",
        "a: %b",
        "!<: 1",
        "a: !!map [1",
        "{a: 1,, b: 2}",
        "[a, b}",
        "a: \u{0}",
        "a: \u{1}",
        "a: \u{7f}",
        "a: >9\n  x\n :",
        "a: 'b' c",
        "a: \"b\" c",
        "a: [b] c",
        "- - - [",
        "a: 1\n---\nb: [",
    ];
    let mut rows: Vec<(String, bool)> = broken.iter().map(|text| (fenced(text), false)).collect();
    rows.extend([
        (fenced(&format!("a: {}", "[".repeat(200_000))), false),
        (fenced(&format!("a: {}{}", "[".repeat(300), "]".repeat(300))), false),
        (fenced(&"- ".repeat(5000)), false),
        (fenced(&(0..200).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>()), false),
        (fenced(&format!("a: {}", "{a: ".repeat(20_000))), false),
        (fenced(&format!("a: \"{}\"", "x".repeat(9 << 20))), false),
        ("---\na: 1\n".to_owned(), false),
        (fenced("title: sound"), true),
    ]);
    rows
}

#[test]
fn malformed_yaml_is_a_row_with_its_reason() {
    let rows = yaml();
    for (text, editable) in &rows {
        let document = Document::parse(text.as_bytes());
        let shown: String = text.chars().take(60).collect();
        assert_eq!(document.text(), text, "{shown:?}");
        if *editable {
            assert!(document.error().is_none(), "{shown:?}");
        } else if let Some(error) = document.error() {
            assert!(!error.message.is_empty() && error.place.line > 0, "{shown:?}");
        }
    }
    let told = rows.iter().filter(|(text, _)| Document::parse(text.as_bytes()).error().is_some()).count();
    assert!(told > 30, "only {told} of {} are told", rows.len());
    reached(
        "malformed front matter",
        Column::rounds(1, 1, 1),
        &format!("{} rows, {told} with their error, the others read as what they say", rows.len()),
    );
}

#[test]
fn paths_that_are_not_inside_are_no_paths() {
    let long = "x/".repeat(3000) + "a.md";
    let paths = [
        "",
        "/",
        ".",
        "..",
        "../a",
        "a/..",
        "a/../b",
        "a/./b",
        "./a",
        "a//b",
        "a/",
        "/a",
        "//a",
        "\\a",
        "a\\b",
        "..\\a",
        "C:\\a",
        "C:a",
        "c:/a",
        "\\\\server\\share",
        "//server/share/a",
        "\\\\?\\C:\\a",
        "a\0b",
        "\0",
        "a\nb",
        "a\rb",
        "a/\u{7f}b",
        "~/../a",
        "a/../../b",
        "a/..\\b",
    ];
    let mut refused = 0;
    for path in paths.iter().copied().chain([long.as_str()]) {
        let folder = tempfile::tempdir().unwrap();
        match SitePath::new(path) {
            Err(error) => {
                assert!(!error.to_string().is_empty());
                refused += 1;
            }
            // What is taken for a name is a name: it stays inside.
            Ok(inside) => assert!(folder.path().join(inside.as_str()).starts_with(folder.path()), "{path:?}"),
        }
    }
    assert!(refused >= 24, "{refused}");
    reached(
        "malformed paths",
        Column::rounds(1, 1, 1),
        &format!("{} rows, {refused} refused, none leads out", paths.len() + 1),
    );
}

#[test]
fn addresses_lead_inside_or_to_the_web_or_nowhere() {
    let addresses = [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "vbscript:x",
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "file://server/share",
        "ftp://x.example/a",
        "smb://x/y",
        "about:blank",
        "chrome://settings",
        "view-source:http://x",
        "mailto:a@b",
        "tel:1",
        "ssh://x",
        "http://",
        "http:///x",
        "http:// x",
        "https://[",
        "http://a:b:c",
        "http://x:99999/",
        "\\\\server\\share\\x.png",
        "../../../../etc/passwd",
        "/../../etc/passwd",
        "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "..%2f..%2f..%2fetc%2fpasswd",
        "a\0b.png",
        "C:\\windows\\x.png",
        "C:/windows/x.png",
        "http://user:pass@x.example/",
        "///etc/passwd",
        "//",
        "\u{202e}gnp.exe",
        "http://\u{202e}x",
    ];
    let article = SitePath::new("_news/2020/a.md").unwrap();
    for address in addresses {
        match resolve(&Config::default(), &article, address) {
            Target::Site(paths) => {
                assert!(
                    paths.iter().all(|path| path.as_str().split('/').all(|part| part != "..")),
                    "{address:?}: {paths:?}"
                );
            }
            Target::Remote(url) => assert!(["http", "https"].contains(&url.scheme()), "{address:?}: {url}"),
            Target::Data(_) => panic!("{address:?}"),
            Target::Broken(reason) => assert!(!reason.is_empty(), "{address:?}"),
        }
    }
    let result = format!("{} addresses", addresses.len());
    reached("malformed addresses", Column::rounds(1, 1, 1), &result);
}

#[test]
fn git_folders_that_lie_are_not_believed() {
    let rows: [(&str, &[(&str, &str)]); 13] = [
        ("an empty folder", &[(".git/x", "")]),
        ("an empty HEAD", &[(".git/HEAD", "")]),
        ("HEAD without an end", &[(".git/HEAD", "ref:")]),
        ("HEAD of another kind", &[(".git/HEAD", "\u{1b}[31mref: refs/heads/x")]),
        ("HEAD that is too long", &[(".git/HEAD", "LONG")]),
        ("HEAD that is a folder", &[(".git/HEAD/x", "")]),
        ("a file that says nothing", &[(".git", "")]),
        ("a file that points nowhere", &[(".git", "gitdir: ../nowhere\n")]),
        (
            "a file that points to a stranger",
            &[(".git", "gitdir: ../victim\n"), ("../victim/HEAD", "ref: refs/heads/main\n")],
        ),
        ("a file that points to the root", &[(".git", "gitdir: /\n")]),
        (
            "a common folder elsewhere",
            &[(".git/HEAD", "ref: refs/heads/x\n"), (".git/commondir", "../../victim\n"), ("../victim/HEAD", "x")],
        ),
        ("a common folder that goes up", &[(".git/HEAD", "ref: refs/heads/x\n"), (".git/commondir", "/etc\n")]),
        (
            "a config that lies",
            &[
                (".git", "gitdir: ../victim\n"),
                ("../victim/HEAD", "x"),
                ("../victim/config", "[core]\n worktree = /\n"),
            ],
        ),
    ];
    for (name, files) in rows {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("site");
        fs::create_dir(&site).unwrap();
        for (path, text) in files {
            let path = site.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(
                path,
                if *text == "LONG" { "ref: refs/heads/".to_owned() + &"x".repeat(1 << 20) } else { (*text).to_owned() },
            )
            .unwrap();
        }
        let open = SiteFolder::open(&site).unwrap();
        if let Some(found) = open.git() {
            assert!(found.path().starts_with(site.canonicalize().unwrap()), "{name}: {}", found.path().display());
        }
        if let Some(git::Branch::Named(branch)) = git::branch(&open) {
            assert!(branch.len() <= 64 * 1024, "{name}");
        }
    }
    reached(
        "git folders that lie",
        Column::rounds(1, 1, 1),
        &format!("{} rows, nothing outside is touched", rows.len()),
    );
}

fn list(site: &Path, arguments: &[&str]) -> String {
    let output = Command::new(COPYDESK)
        .arg("list")
        .arg(site)
        .args(arguments)
        .env("COPYDESK_STATE", site.parent().unwrap().join("state"))
        .output()
        .unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", super::said(&output));
    String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
}

#[test]
fn cells_are_no_formulas_and_names_no_commands_of_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    fs::create_dir_all(site.join("_news")).unwrap();
    let formulas = [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u{a0}\u{feff}=1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "=cmd|' /C calc'!A0",
        "=HYPERLINK(\"http://x\")",
        "-2+3+cmd|' /C calc'!A0",
        "@import",
        "=\"a\",\"b\"",
    ];
    for (number, formula) in formulas.iter().enumerate() {
        let title = serde_json::to_string(formula).unwrap();
        fs::write(site.join(format!("_news/f{number:02}.md")), format!("---\ntitle: {title}\n---\n")).unwrap();
    }
    let guarded = list(&site, &["--format", "csv", "--columns", "title", "--sort", "title"]);
    assert_eq!(
        guarded.lines().filter(|line| line.starts_with(['\'']) || line.starts_with("\"'")).count(),
        formulas.len(),
        "{guarded}"
    );
    let raw = list(&site, &["--format", "csv", "--columns", "title", "--raw"]);
    assert!(raw.contains("\n=1+1\n"), "{raw}");
    let names = [
        "\u{1b}[31mred.md",
        "\u{1b}]0;title\u{7}.md",
        "bell\u{7}.md",
        "\u{9b}31m.md",
        "\u{202e}dm.txt.md",
        "zero\u{200b}width.md",
        "\u{feff}bom.md",
        "new\nline.md",
        "back\\slash.md",
        "tab\t.md",
        "quote\".md",
        "quote'.md",
        "dollar$(x).md",
        "back`tick`.md",
        "semi;colon.md",
        "pipe|.md",
        "-rf.md",
        "--help.md",
        "~.md",
        "percent%0a.md",
        "con.md",
        "aux.md ",
        "dot..md",
        "Ünï.md",
        "\u{1F600}.md",
    ];
    for name in names {
        fs::write(site.join("_news").join(name), "---\ntitle: \u{9b}31m \u{202e}x\n---\n").unwrap();
    }
    let text = list(&site, &["--format", "table", "--columns", "path,title"]) + &list(&site, &["--format", "json"]);
    let raw = text.chars().filter(|c| matches!(c, '\u{1b}' | '\u{7}' | '\r')).count();
    assert_eq!(raw, 0, "{text:?}");
    assert!(root::of_file(&site.join("_news/-rf.md")).is_ok());
    let result = format!("{} formulas, {} names", formulas.len(), names.len());
    reached("cells and names", Column::rounds(1, 1, 1), &result);
}
