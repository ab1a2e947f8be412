//! What several subjects need: where the corpora are, how many seeds, and that an edit can be taken back.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use copydesk::document::{Applied, Customs, Document, Patch};

/// The folder of the corpora, from `COPYDESK_CORPORA`. Without it the tests over them are skipped, but not where `CI` is set.
pub fn corpora() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("COPYDESK_CORPORA") else {
        assert!(std::env::var_os("CI").is_none(), "COPYDESK_CORPORA is not set, and CI insists on the corpora");
        eprintln!("skipped: COPYDESK_CORPORA is not set");
        return None;
    };
    let folder = PathBuf::from(folder);
    assert!(folder.is_dir(), "COPYDESK_CORPORA names {}, which is no folder", folder.display());
    // Tests run in the package's folder, whatever folder the variable was given in.
    Some(folder.canonicalize().unwrap_or(folder))
}

/// How often a test over chance runs. `COPYDESK_PROOF` chooses the column of the table of promises in the README: a taste where
/// it is not set, `ci`, or `full`; `COPYDESK_ROUNDS` and `COPYDESK_SEED` choose one by hand. What ran is printed.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    rounds: u64,
    first: u64,
    /// The rounds go on for this long, however many they are.
    lasts: Option<Duration>,
}

impl Column {
    /// The rounds of the three columns.
    pub fn rounds(taste: u64, ci: u64, full: u64) -> Self {
        let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
        let (usual, first) = match std::env::var("COPYDESK_PROOF").as_deref() {
            // The full column is another one each time; the seed printed runs it again.
            Ok("full") => {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
                (full, since.as_millis() as u64 * 1000)
            }
            Ok("ci") => (ci, 0),
            Ok(other) => panic!("COPYDESK_PROOF is {other}, and can be ci or full"),
            Err(_) => (taste, 0),
        };
        let rounds = number("COPYDESK_ROUNDS").unwrap_or(usual);
        Self { rounds, first: number("COPYDESK_SEED").unwrap_or(first), lasts: None }
    }

    /// As [`rounds`](Self::rounds), but in the checks so long, and not so often. Rounds chosen by hand are still counted.
    #[cfg(target_os = "linux")]
    pub fn lasting(taste: u64, ci: Duration, full: u64) -> Self {
        let is_ci = std::env::var("COPYDESK_PROOF").is_ok_and(|column| column == "ci");
        let lasts = (is_ci && std::env::var_os("COPYDESK_ROUNDS").is_none()).then_some(ci);
        Self { lasts, ..Self::rounds(taste, 0, full) }
    }

    /// Gives each seed to `round`; answers the rounds that ran.
    pub fn run(self, mut round: impl FnMut(u64)) -> Self {
        let (start, mut rounds) = (Instant::now(), 0);
        while self.lasts.map_or(rounds < self.rounds, |lasts| start.elapsed() < lasts) {
            round(self.first + rounds);
            rounds += 1;
        }
        Self { rounds, ..self }
    }

    /// A seed a round.
    pub fn seeds(self) -> std::ops::Range<u64> {
        self.first..self.first + self.rounds
    }

    /// How many rounds.
    #[cfg(target_os = "linux")]
    pub fn count(self) -> u64 {
        self.rounds
    }
}

/// Says what a row of the table of promises has reached.
pub fn reached(row: &str, column: Column, result: &str) {
    eprintln!("proof: {row}: {} rounds from seed {}: {result}", column.rounds, column.first);
}

/// Runs a case file: every line `input => answer` of its blocks is given to `answer` with the block's name; blocks without such
/// lines are skipped. With `UPDATE_CASES=1` the answers are written into the file, for review.
pub fn cases(name: &str, mut answer: impl FnMut(&str, &str) -> String) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let (mut block, mut lines, mut wrong, mut count) = (String::new(), Vec::new(), Vec::new(), 0);
    for line in text.lines() {
        let fence = line.strip_prefix("```");
        if let Some(head) = fence {
            block = if block.is_empty() { head.to_owned() } else { String::new() };
        }
        let case = line.split_once(" =>").filter(|_| fence.is_none() && !block.is_empty());
        let Some((input, want)) = case else {
            lines.push(line.to_owned());
            continue;
        };
        let (want, got) = (want.strip_prefix(' ').unwrap_or(want), answer(&block, input));
        count += 1;
        if got != want {
            wrong.push(format!("{input} => {got}\n    instead of {want}"));
        }
        lines.push(format!("{input} => {got}").trim_end().to_owned());
    }
    if std::env::var_os("UPDATE_CASES").is_some() {
        std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    } else {
        assert!(wrong.is_empty() && count > 0, "{name}: {} of {count} wrong\n{}", wrong.len(), wrong.join("\n"));
    }
}

/// The fenced blocks of a case file: what stands behind the fence, and the lines of the block.
pub fn blocks(name: &str) -> Vec<(String, String)> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name);
    let text = std::fs::read_to_string(path).unwrap();
    let block = |block: &str| block.split_once('\n').map(|(head, body)| (head.to_owned(), format!("{body}\n")));
    text.split("\n```").skip(1).step_by(2).filter_map(block).collect()
}

/// Whether screens can be drawn here, on a graphics card or in software. Where not, the tests that look at them are skipped, but
/// not where `CI` is set.
pub fn can_draw() -> bool {
    let drawn = std::panic::catch_unwind(|| egui_kittest::Harness::new_ui(|_| {}).render().is_ok()).unwrap_or(false);
    if !drawn {
        assert!(
            std::env::var_os("CI").is_none(),
            "nothing draws here (install mesa-vulkan-drivers), and CI insists on it"
        );
        eprintln!("skipped: nothing draws here; mesa-vulkan-drivers does it in software");
    }
    drawn
}

/// Undoes an edit twice: as it is, which must bring the bytes back, and as on a text that has moved on. Answers the second text.
pub fn taken_back(before: &Document, applied: &Applied, customs: &Customs) -> Result<Document, String> {
    let undo = |patch: &Patch| {
        let back = applied.document.apply(patch, customs);
        back.map(|back| back.document).map_err(|refusal| format!("not taken back: {refusal}\n{}", patch.to_json()))
    };
    let exact = undo(&applied.inverse)?;
    if exact.text() != before.text() {
        return Err(format!("taken back\n{}", copydesk::text::unified("x", before.text(), exact.text())));
    }
    let anew = undo(&applied.inverse.without_rewinds())?;
    let same = anew.data().same_data(before.data()) && anew.body() == before.body();
    if same { Ok(anew) } else { Err(format!("other data when taken back\n{}", anew.text())) }
}
