//! Other programs at the same articles, for the table of `instant`: what is not on this machine is left out, and said.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A program that looks at the front matter of all articles.
struct Peer {
    name: &'static str,
    /// Says that it is there.
    probe: &'static [&'static str],
    run: fn(&Path, &Path) -> Command,
}

const NODE: &str = "const fs = require('fs'), matter = require('gray-matter'), dir = process.argv[1] + '/_news/';
for (const name of fs.readdirSync(dir)) matter(fs.readFileSync(dir + name, 'utf8'), {}).data.title";

const PYTHON: &str = "import sys, pathlib, frontmatter
for path in pathlib.Path(sys.argv[1], '_news').iterdir(): frontmatter.load(path).get('title')";

const PEERS: &[Peer] = &[
    Peer {
        name: "ripgrep `^title:`",
        probe: &["rg", "--version"],
        run: |site, _| command("rg", &["--no-filename", "^title:"], site),
    },
    Peer {
        name: "gray-matter (Node)",
        probe: &["node", "-e", "require('gray-matter')"],
        run: |site, _| command("node", &["-e", NODE], site),
    },
    Peer {
        name: "python-frontmatter",
        probe: &["python3", "-c", "import frontmatter"],
        run: |site, _| command("python3", &["-c", PYTHON], site),
    },
    Peer {
        name: "`hugo list all`",
        probe: &["hugo", "version"],
        run: |site, place| {
            let mut hugo = Command::new("hugo");
            hugo.args(["list", "all", "--quiet", "--source"]).arg(site);
            hugo.arg("--config").arg(place.join("hugo.toml"));
            hugo
        },
    },
    Peer {
        name: "`jekyll build` without pages",
        probe: &["jekyll", "--version"],
        run: |site, place| {
            let mut jekyll = Command::new("jekyll");
            jekyll.args(["build", "--quiet", "--disable-disk-cache", "--source"]).arg(site);
            jekyll.arg("--destination").arg(place.join("built")).arg("--config").arg(place.join("jekyll.yml"));
            jekyll
        },
    },
];

fn command(program: &str, arguments: &[&str], site: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).arg(site);
    command
}

/// How long each takes for this site, once; nothing for one that is not here or fails. `place` is for what they need beside.
///
/// # Errors
/// When the settings they need cannot be written.
pub fn measure(site: &Path, place: &Path) -> std::io::Result<Vec<(&'static str, Option<Duration>)>> {
    std::fs::write(
        place.join("hugo.toml"),
        "baseURL = \"https://example.org\"\ntitle = \"site\"\ncontentDir = \"_news\"\n",
    )?;
    std::fs::write(place.join("jekyll.yml"), "collections:\n  news:\n    output: false\n")?;
    Ok(PEERS.iter().map(|peer| (peer.name, time(peer, site, place))).collect())
}

fn time(peer: &Peer, site: &Path, place: &Path) -> Option<Duration> {
    let silent = |command: &mut Command| command.stdout(Stdio::null()).stderr(Stdio::null()).status().ok();
    let (program, arguments) = peer.probe.split_first()?;
    silent(Command::new(program).args(arguments)).filter(std::process::ExitStatus::success)?;
    let start = Instant::now();
    silent(&mut (peer.run)(site, place)).filter(std::process::ExitStatus::success)?;
    Some(start.elapsed())
}
