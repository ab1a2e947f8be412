//! What the program does to the world, as the system sees it: no other program, no connection, no write outside.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{COPYDESK, said, tools};
use crate::common::{Column, reached};

const ROW: &str = "silence";

/// A site whose git folder and settings name programs to run, and whose articles name files and addresses.
fn hostile(root: &Path) {
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(".git/HEAD", "ref: refs/heads/main\n");
    let program = "touch ../RAN";
    write(
        ".git/config",
        &format!(
            "[core]\n\tfsmonitor = {program}\n\thooksPath = .git/hooks\n\tpager = {program}\n\teditor = {program}\n[diff]\n\texternal = {program}\n\
             [filter \"x\"]\n\tclean = {program}\n\tsmudge = {program}\n[alias]\n\tstatus = !{program}\n[credential]\n\thelper = !{program}\n"
        ),
    );
    write(".git/hooks/post-checkout", "#!/bin/sh\ntouch ../RAN\n");
    write(".gitattributes", "*.md filter=x diff=x merge=x\n");
    write("_config.yml", "title: x\nplugins: [evil]\nexclude: [\"../*\", \"/etc/*\"]\n");
    write(".copydesk.yaml", "views:\n  - name: x\n    filter: heat:>1\ncommand: touch RAN\neditor: touch RAN\n");
    write("_plugins/evil.rb", "system('touch RAN')\n");
    for number in 0..5 {
        write(
            &format!("_news/a{number}.md"),
            &format!(
                "---\ntitle: \"$(touch RAN) `touch RAN` <%= x %> {{{{ x }}}}\"\nheat: {number}\nwebUrl: http://127.0.0.1:9/x\n\
                 images: [\"file:///etc/passwd\", \"http://169.254.169.254/latest\", \"//evil.example/x.png\", \"../../secret.png\"]\n\
                 include: /etc/passwd\n---\n![x](http://127.0.0.1:9/x.png) <script src=\"http://evil.example\"></script>\n"
            ),
        );
    }
    std::os::unix::fs::symlink("/etc", root.join("_news/etc")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", root.join("_news/passwd.md")).unwrap();
}

/// The quoted paths of a traced call, and where a relative one starts: the path behind the file handle.
fn places(call: &str) -> Vec<PathBuf> {
    let mut places = Vec::new();
    let mut folder = PathBuf::new();
    for part in call.split([',', '(', ')']) {
        let part = part.trim();
        if let Some((_, rest)) = part.split_once('<')
            && (part.starts_with("AT_FDCWD") || part.starts_with(|first: char| first.is_ascii_digit()))
        {
            folder = PathBuf::from(rest.trim_end_matches('>'));
            if !part.contains('"') && !call.contains('"') {
                places.push(folder.clone());
            }
        } else if let Some(path) = part.strip_prefix('"').and_then(|path| path.strip_suffix('"')) {
            places.push(folder.join(path));
        }
    }
    places
}

fn is_write(call: &str) -> bool {
    let name = call.split('(').next().unwrap_or_default();
    match name {
        "open" | "openat" | "openat2" => {
            ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"].iter().any(|flag| call.contains(flag))
        }
        _ => true,
    }
}

#[test]
fn nothing_is_started_connected_or_written_outside() {
    if !tools(ROW, &["strace"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder_path = folder.path().canonicalize().unwrap();
    let root = folder_path.join("site");
    hostile(&root);
    fs::write(folder_path.join("patch.json"), r#"[{"op": "replace", "path": "/heat", "value": 7}]"#).unwrap();
    let commands: &[&[&str]] = &[
        &["list", "site", "--filter", "heat:>=0", "--format", "csv"],
        &["list", "site", "--format", "json"],
        &["get", "site/_news/a0.md", "/title"],
        &["get", "site/_news/passwd.md"],
        &["check", "site"],
        &["patch", "site/_news/a0.md", "site/_news/a1.md", "--set", "/heat=99"],
        &["patch", "site/_news/passwd.md", "--set", "/heat=99"],
        &["patch", "site/_news/etc/hostname", "--set", "/heat=99"],
        &["patch", "site/_news/a2.md", "--patch", "patch.json"],
        &["merge", "site/_news/a0.md", "site/_news/a3.md", "site/_news/a4.md"],
        &["merge", "--install", "site", "--yes"],
        &["completions", "bash"],
    ];
    let mut calls = 0;
    for arguments in commands {
        let trace = folder_path.join("trace");
        let kinds = "execve,execveat,connect,sendto,sendmsg,bind,open,openat,openat2,creat,rename,renameat,renameat2,unlink,unlinkat,\
                     mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,truncate,chmod,fchmodat,chown,fchownat,setxattr,utimensat,mknodat";
        let output = Command::new("strace")
            .args(["-f", "-y", "-qq", "-s", "4096", "-e", &format!("trace={kinds}"), "-o"])
            .arg(&trace)
            .arg(COPYDESK)
            .args(*arguments)
            .current_dir(&folder_path)
            .env("COPYDESK_STATE", folder_path.join("state"))
            .env("EDITOR", "touch RAN")
            .env("http_proxy", "http://127.0.0.1:9")
            .output()
            .unwrap();
        let text = fs::read_to_string(&trace).unwrap();
        if text.is_empty() {
            eprintln!("proof: {ROW}: skipped, for processes cannot be traced here: {}", said(&output).trim());
            return;
        }
        let mut started = 0;
        for call in text.lines().filter_map(|line| Some(line.split_once(' ')?.1.trim_start())) {
            calls += 1;
            started += usize::from(call.starts_with("execve"));
            let talks = ["connect(", "sendto(", "sendmsg(", "bind("].iter().any(|name| call.starts_with(name));
            assert!(!talks, "{arguments:?}: {call}");
            if !call.contains('(') || call.starts_with("exec") || !is_write(call) || call.contains(" = -1 ") {
                continue;
            }
            for place in places(call) {
                let ours = place.starts_with(&root) || place.starts_with(folder_path.join("state"));
                let system = ["/dev/null", "/dev/tty"].iter().any(|path| place == Path::new(path));
                assert!(
                    (ours || system) && !place.components().any(|part| part.as_os_str() == ".."),
                    "{arguments:?}: {call}"
                );
            }
        }
        assert_eq!(started, 1, "{arguments:?}: the program itself and no other\n{}", said(&output));
    }
    let ran = |folder: &Path| folder.join("RAN").exists();
    assert!(!ran(&folder_path) && !ran(&root));
    let result = format!(
        "{} commands on a hostile site, {calls} calls looked at: 0 programs, 0 connections, 0 writes outside",
        commands.len()
    );
    reached(ROW, Column::rounds(1, 1, 1), &result);
}
