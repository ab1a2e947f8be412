//! The command line, run as a person runs it: `tests/cases/cli.md`, and what no case file can say.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A case: blocks by what stands behind their fence, and the lines between blocks.
#[derive(Default)]
struct Case {
    name: String,
    blocks: Vec<(String, String)>,
}

impl Case {
    fn block(&self, name: &str) -> &str {
        self.blocks.iter().find(|(head, _)| head == name).map_or("", |(_, text)| text)
    }

    /// Files of the site: their block's head is a language and a path.
    fn files(&self) -> impl Iterator<Item = (&str, String)> {
        self.blocks.iter().filter_map(|(head, text)| {
            let (language, path) = head.split_once(' ')?;
            Some((path, if language == "crlf" { text.replace('\n', "\r\n") } else { text.clone() }))
        })
    }
}

fn read_cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut block: Option<(String, String)> = None;
    for line in text.lines() {
        match (&mut block, line.strip_prefix("```")) {
            (Some(_), Some("")) => cases.last_mut().unwrap().blocks.extend(block.take()),
            (Some((_, text)), _) => writeln!(text, "{line}").unwrap(),
            (None, Some(head)) => block = Some((head.to_owned(), String::new())),
            (None, None) => {
                if let Some(name) = line.strip_prefix("## ") {
                    cases.push(Case { name: name.to_owned(), blocks: Vec::new() });
                } else if line.starts_with("exit ") {
                    cases.last_mut().unwrap().blocks.push(("exit".to_owned(), line.to_owned()));
                }
            }
        }
    }
    cases
}

/// What came out of a case, in the form of the case file.
fn answers(case: &Case) -> String {
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    std::fs::create_dir(&site).unwrap();
    for (path, text) in case.files() {
        std::fs::create_dir_all(site.join(path).parent().unwrap()).unwrap();
        std::fs::write(site.join(path), text).unwrap();
    }
    let (mut out, mut err, mut exit) = (String::new(), String::new(), 0);
    for line in case.block("sh").lines() {
        let done = run(&site, &folder.path().join("state"), &words(line), case.block("stdin"));
        out.push_str(&String::from_utf8(done.stdout).unwrap());
        err.push_str(&String::from_utf8(done.stderr).unwrap());
        exit = done.status.code().unwrap();
    }
    let mut diff = String::new();
    for (path, before) in case.files() {
        let after = std::fs::read_to_string(site.join(path)).unwrap();
        diff.push_str(&copydesk::text::unified(path, &before, &after));
    }
    let mut answers = String::new();
    if exit != 0 {
        writeln!(answers, "exit {exit}").unwrap();
    }
    for (name, text) in [("out", out), ("err", err), ("diff", diff)] {
        if !text.is_empty() {
            write!(answers, "```{name}\n{}```\n", text.replace("\r\n", "\n")).unwrap();
        }
    }
    answers
}

fn run(site: &Path, state: &Path, arguments: &[String], stdin: &str) -> Output {
    assert_eq!(arguments[0], "copydesk");
    let mut child = Command::new(env!("CARGO_BIN_EXE_copydesk"))
        .args(&arguments[1..])
        .current_dir(site)
        .env("COPYDESK_STATE", state)
        .env_remove("NO_COLOR")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads no input may be gone already.
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).ok();
    child.wait_with_output().unwrap()
}

/// Words of a command, with single quotes around those with spaces.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![];
    for (i, part) in line.split('\'').enumerate() {
        if i % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

#[test]
fn cases() {
    let path = "tests/cases/cli.md";
    let text = std::fs::read_to_string(path).unwrap();
    let cases = read_cases(&text);
    assert!(cases.len() > 20);
    let (mut rewritten, mut wrong) = (text.split("\n## ").next().unwrap().trim_end().to_owned(), String::new());
    rewritten.push('\n');
    for case in &cases {
        let given = case.blocks.iter().filter(|(head, _)| !matches!(head.as_str(), "out" | "err" | "diff" | "exit"));
        write!(rewritten, "\n## {}\n", case.name).unwrap();
        for (head, text) in given {
            write!(rewritten, "```{head}\n{text}```\n").unwrap();
        }
        let want: String = case
            .blocks
            .iter()
            .filter_map(|(head, text)| match head.as_str() {
                "exit" => Some(format!("{text}\n")),
                "out" | "err" | "diff" => Some(format!("```{head}\n{text}```\n")),
                _ => None,
            })
            .collect();
        let got = answers(case);
        rewritten.push_str(&got);
        if got != want {
            write!(wrong, "\n## {}\n{}", case.name, copydesk::text::unified("answer", &want, &got)).unwrap();
        }
    }
    if std::env::var_os("UPDATE_CASES").is_some() {
        std::fs::write(path, rewritten).unwrap();
    } else {
        assert!(wrong.is_empty(), "{wrong}");
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_copydesk"))
        .args(["list", concat!(env!("CARGO_MANIFEST_DIR"), "/assets/sample-site"), "--format", "json"])
        .env("COPYDESK_STATE", folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let done = child.wait_with_output().unwrap();
    assert_eq!((done.status.code(), String::from_utf8(done.stderr).unwrap().as_str()), (Some(0), ""));
}

#[test]
fn help_teaches_by_example() {
    for command in ["list", "get", "patch", "merge", "check", "completions"] {
        let done = Command::new(env!("CARGO_BIN_EXE_copydesk")).args([command, "--help"]).output().unwrap();
        let help = String::from_utf8(done.stdout).unwrap();
        assert!(done.status.success() && help.contains("Examples:"), "{command}: {help}");
        assert!(help.matches(&format!("copydesk {command} ")).count() >= 2, "{command}: {help}");
        assert!(!help.contains('\u{1b}'), "no colour when not on a terminal");
    }
}

#[test]
fn the_sample_site_is_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let site = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/sample-site");
    let arguments = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let done = run(Path::new(site), folder.path(), &arguments(&["copydesk", "list", ".", "--format", "json"]), "");
    let articles: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert!(articles.as_array().unwrap().len() >= 26, "{articles}");
    let done = run(Path::new(site), folder.path(), &arguments(&["copydesk", "check", ".", "--format", "json"]), "");
    let problems: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    let codes: Vec<&str> = problems.as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"syntax") && codes.contains(&"broken-image"), "{codes:?}");
}

#[test]
fn git_merges_by_field_through_the_driver() {
    if Command::new("git").arg("--version").output().is_err() {
        eprintln!("skipped: there is no git");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        let name = ["-c", "user.name=x", "-c", "user.email=x@x.example", "-c", "init.defaultBranch=main"];
        let mut command = Command::new("git");
        command
            .args(name)
            .args(arguments)
            .current_dir(folder.path())
            .env("COPYDESK_STATE", folder.path().join("state"));
        command.output().unwrap()
    };
    let write = |text: &str| std::fs::write(folder.path().join("a.md"), text).unwrap();
    git(&["init", "-q"]);
    git(&["config", "merge.copydesk.driver", &format!("'{}' merge %O %A %B", env!("CARGO_BIN_EXE_copydesk"))]);
    std::fs::write(folder.path().join(".gitattributes"), "*.md merge=copydesk\n").unwrap();
    write("---\nheat: 40 # rank\nquality: 30\n---\n");
    git(&["add", "-A"]);
    git(&["commit", "-q", "-m", "base"]);
    git(&["checkout", "-q", "-b", "theirs"]);
    write("---\nheat: 40 # rank\nquality: 31\n---\n");
    git(&["commit", "-q", "-a", "-m", "theirs"]);
    git(&["checkout", "-q", "main"]);
    write("---\nheat: 120 # rank\nquality: 30\n---\n");
    git(&["commit", "-q", "-a", "-m", "ours"]);
    let merged = git(&["merge", "-q", "theirs", "-m", "both"]);
    assert!(merged.status.success(), "{}", String::from_utf8_lossy(&merged.stdout));
    let text = std::fs::read_to_string(folder.path().join("a.md")).unwrap();
    assert_eq!(text, "---\nheat: 120 # rank\nquality: 31\n---\n");
    let status = git(&["status", "--porcelain", "--ignored"]);
    assert_eq!(String::from_utf8(status.stdout).unwrap(), "", "nothing is left behind");
}
