//! How fast all of it is, as the README's table shows it: `cargo bench --bench instant` prints that table, in Markdown.
//!
//! Sites are made here, in a folder of the system's for such things. `-- 1000 10000` chooses other sizes than 1,000, 10,000 and
//! 100,000 articles; `-- long` makes articles of 4.5 KB instead of 2 KB; `-- in=FOLDER` makes them there and leaves them, and takes
//! what an earlier run left; `-- peers` runs other programs over the same files, as far as they are here. Times are medians; what has a reference is a ratio to it,
//! measured in the same run. Everything is in the system's page cache.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that measures and prints")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use copydesk::article::{ArticleId, Intent, Wanted};
use copydesk::catalog::{Catalog, ColumnKey, Facets, Facts, Query, SortKey, duplicates, filter, pack, sort, unpack};
use copydesk::desk::{Command as Wish, Desk, Edit, Event, Settings, Targets};
use copydesk::document::{Customs, Document, FieldPath, Patch, Pointer, Value};
use copydesk::file::ContentHash;
use copydesk::jobs::{self, Cancel, Outside, Runner, Services, Stamps};
use copydesk::storage::{SaveOutcome, SavePlan, Saver, SiteFolder, StateFolder};

#[path = "made.rs"]
mod made;
#[path = "peers.rs"]
mod peers;

/// Threads of the references.
const THREADS: usize = 2;

/// The argument with which this program starts itself to measure a desk alone.
const SIT: &str = "sit";

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, state, site @ ..] = arguments.as_slice()
        && first == SIT
    {
        return sit_here(Path::new(state), site.first().map(Path::new));
    }
    let long = arguments.iter().any(|argument| argument == "long");
    let kept = arguments.iter().find_map(|argument| argument.strip_prefix("in=")).map(PathBuf::from);
    let mut sizes: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![1_000, 10_000, 100_000];
    }
    let mut table = Table::default();
    for size in &sizes {
        eprintln!("{size} articles …");
        table.columns.push(size.to_string());
        let place = Place::new(*size, long, kept.as_deref())?;
        let reading = list(&place, &mut table)?;
        if arguments.iter().any(|argument| argument == "peers") {
            for (name, time) in peers::measure(&place.site(), place.folder.path())? {
                let ratio = |time: Duration| format!("{:.1} × reading", time.as_secs_f64() / reading.as_secs_f64());
                table.put(name, time.map_or_else(|| "not here".to_owned(), ratio));
            }
        }
        columns(&place, &mut table)?;
        one_article(&place, &mut table)?;
        desk(&place, &mut table)?;
    }
    println!("{}", table.text()?);
    Ok(())
}

/// What was measured: a line each, a column for each size.
#[derive(Default)]
struct Table {
    columns: Vec<String>,
    lines: Vec<(&'static str, Vec<String>)>,
}

impl Table {
    fn put(&mut self, what: &'static str, value: String) {
        // At once: the whole table is there only when the largest site is done, if it is.
        eprintln!("  {what}: {value}");
        match self.lines.iter_mut().find(|(known, _)| *known == what) {
            Some((_, values)) => values.push(value),
            None => self.lines.push((what, vec![value])),
        }
    }

    fn time(&mut self, what: &'static str, time: Duration) {
        self.put(what, shown(time));
    }

    fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text =
            format!("| articles | {} |\n|---{}|\n", self.columns.join(" | "), "|---:".repeat(self.columns.len()));
        for (what, values) in &self.lines {
            writeln!(text, "| {what} | {} |", values.join(" | "))?;
        }
        Ok(text)
    }
}

fn shown(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1e3;
    match ms {
        1000.0.. => format!("{:.2} s", ms / 1e3),
        10.0.. => format!("{ms:.0} ms"),
        _ => format!("{ms:.2} ms"),
    }
}

/// The median of so many runs.
fn median<T>(runs: usize, mut run: impl FnMut() -> T) -> Duration {
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(run());
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[runs / 2]
}

/// A site, and folders for what is remembered of it.
struct Place {
    site: PathBuf,
    folder: tempfile::TempDir,
    files: Vec<PathBuf>,
}

impl Place {
    fn new(articles: usize, long: bool, kept: Option<&Path>) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let name = format!("{articles}-{}", if long { "long" } else { "short" });
        let site = kept.map_or_else(|| folder.path().join("site"), |kept| kept.join(name));
        let files: Vec<PathBuf> = (0..articles).map(|i| site.join(made::path(i).as_str())).collect();
        if files.last().is_some_and(|last| !last.exists()) {
            std::fs::create_dir_all(site.join("_news"))?;
            for (i, file) in files.iter().enumerate() {
                std::fs::write(file, if long { made::long_article(i) } else { made::article(i) })?;
            }
            // What was changed within the clock's resolution is read again at every opening.
            std::thread::sleep(Duration::from_millis(2_200));
        }
        Ok(Self { site, folder, files })
    }

    fn site(&self) -> PathBuf {
        self.site.clone()
    }

    fn state(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Does something to all files with as many threads as the references have.
    fn with_all(&self, work: impl Fn(&Path) -> u64 + Sync) -> u64 {
        let (next, sum) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    loop {
                        let start = next.fetch_add(64, Ordering::Relaxed);
                        let Some(files) = self.files.get(start..(start + 64).min(self.files.len())) else { return };
                        let done: u64 = files.iter().map(|file| work(file)).sum();
                        sum.fetch_add(done as usize, Ordering::Relaxed);
                    }
                });
            }
        });
        sum.load(Ordering::Relaxed) as u64
    }
}

/// The command line, first and second time. Answers with how long reading alone takes.
fn list(place: &Place, table: &mut Table) -> Result<Duration, Failure> {
    let read = || place.with_all(|file| std::fs::read(file).map_or(0, |bytes| bytes.len() as u64));
    let stat = || place.with_all(|file| std::fs::symlink_metadata(file).map_or(0, |data| data.len()));
    read();
    let reading = median(5, read);
    let asking = median(5, stat);
    let mut memory = 0;
    let mut failed = None;
    let mut run = |first: bool| {
        let state = place.state("list");
        if first && state.exists() {
            failed = std::fs::remove_dir_all(&state).err().or(failed.take());
        }
        match run_list(&place.site(), &state) {
            Ok(peak) => memory = peak,
            Err(error) => failed = Some(error),
        }
        memory
    };
    let first = median(3, || run(true));
    let first_memory = run(true);
    let second = median(5, || run(false));
    let second_memory = run(false);
    if let Some(error) = failed {
        return Err(error.into());
    }
    let ratio = |time: Duration, of: Duration| time.as_secs_f64() / of.as_secs_f64();
    table.time("reading all bytes with two threads", reading);
    table.put("`list`, nothing remembered", format!("{} ({:.1} × reading)", shown(first), ratio(first, reading)));
    table.time("asking for all stamps with two threads", asking);
    table.put("`list` again", format!("{} ({:.1} × asking)", shown(second), ratio(second, asking)));
    table.put("memory of `list`, first and again", format!("{first_memory} MB, {second_memory} MB"));
    Ok(reading)
}

/// Runs the command as it is released, and answers with the most memory it had, in MB; 0 where the system does not say.
fn run_list(site: &Path, state: &Path) -> std::io::Result<u64> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_copydesk"))
        .arg("list")
        .arg(site)
        .args(["--columns", "path,title", "--format", "csv"])
        .env("COPYDESK_STATE", state)
        .stdout(Stdio::null())
        .spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait()?.is_none() {
        peak = number_in(&status, "VmHWM:").unwrap_or(peak).max(peak);
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(peak / 1024)
}

fn number_in(file: &str, name: &str) -> Option<u64> {
    let text = std::fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

/// What works on columns: filter, sort, facets, duplicates, the index.
fn columns(place: &Place, table: &mut Table) -> Result<(), Failure> {
    let folder = SiteFolder::open(&place.site())?;
    let survey = jobs::survey(&folder, Stamps::WhenRead, &Cancel::default())?;
    let catalog = jobs::list(&folder, &survey, None, &Wanted::All, false, &mut |_, _| {});
    let rows: Vec<ArticleId> = catalog.ids().collect();
    for (what, text) in [
        ("filter: two words over title, excerpt, provider", "council harbour"),
        ("filter: a field compared", "heat:>=95"),
        ("filter: an entry's title and a topic", "related.title:vaccine -topics:US"),
    ] {
        let query = Query::parse(text)?;
        let ask = || filter(&catalog, &query, &Facts::default(), &|| false);
        ask();
        table.time(what, median(21, ask));
    }
    for (what, keys) in [
        ("sort by date", &[("publishedDateTime", true)][..]),
        ("sort by title", &[("title", false)]),
        ("sort by heat, then title", &[("heat", true), ("title", false)]),
    ] {
        table.time(what, sorted(&catalog, &rows, keys, false));
    }
    table.time("sort what is sorted by title", sorted(&catalog, &rows, &[("title", false)], true));
    let fields = ["topics", "tags", "provider.name", "type", "published"].map(FieldPath::parse);
    table.time("count five facets", median(11, || Facets::count(&catalog, &rows, &fields)));
    table.time("stories told twice", median(3, || duplicates(&catalog, &|| false)));
    let packed = pack(&catalog, 0);
    table.time("rows and columns from their bytes", median(5, || unpack(packed.clone(), 0)));
    Ok(())
}

fn sorted(catalog: &Catalog, rows: &[ArticleId], keys: &[(&str, bool)], again: bool) -> Duration {
    let key = |(name, descending): &(&str, bool)| SortKey { column: ColumnKey::field(name), descending: *descending };
    let keys: Vec<SortKey> = keys.iter().map(key).collect();
    let mut rows = rows.to_vec();
    let shuffled = rows.clone();
    sort(catalog, &mut rows, &keys);
    median(11, || {
        if !again {
            rows.clone_from(&shuffled);
        }
        sort(catalog, &mut rows, &keys);
    })
}

/// An edit that proves itself, and a save of it, on a disk in memory where there is one.
fn one_article(place: &Place, table: &mut Table) -> Result<(), Failure> {
    let text = std::fs::read(&place.files[0])?;
    let document = Document::parse(&text);
    let patch = Patch::replace(Pointer::of(["heat"]), 120);
    table.time("one edit, proved", median(101, || document.apply(&patch, &Customs::default())));
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory)? } else { tempfile::tempdir()? };
    std::fs::create_dir_all(folder.path().join("site/_news"))?;
    let count = place.files.len().min(500);
    let mut plans = Vec::with_capacity(count);
    for i in 0..count {
        let (path, bytes) = (made::path(i), made::article(i).into_bytes());
        std::fs::write(folder.path().join("site").join(path.as_str()), &bytes)?;
        let new = String::from_utf8(bytes.clone())?.replace("\nheat: ", "\nheat: 1");
        plans.push(SavePlan { path, expected: Some(ContentHash::of(&bytes)), bytes: new.into_bytes() });
    }
    let state = StateFolder::at(&folder.path().join("state"))?;
    let saver = Saver::new(&SiteFolder::open(&folder.path().join("site"))?, &state);
    let start = Instant::now();
    for plan in &plans {
        match saver.save(plan, &|| false) {
            SaveOutcome::Written(_) => {}
            other => return Err(format!("{}: {other:?}", plan.path).into()),
        }
    }
    table.time("one save, on a disk in memory", start.elapsed() / plans.len() as u32);
    drop(saver.close());
    Ok(())
}

/// The desk without its window: opened, opened again, and an edit of a tenth of all articles, shown and saved.
fn desk(place: &Place, table: &mut Table) -> Result<(), Failure> {
    let (site, state) = (place.site(), place.state("desk"));
    let (first, Opened { rows, all, checked }) = Sitting::open(&site, &state)?;
    drop(first);
    table.time("desk: first rows, nothing remembered", rows);
    table.time("desk: … everything read", all);
    table.put("desk: … problems looked for in all", checked.map_or_else(|| "not needed".to_owned(), shown));
    table.put("memory of a desk without a window, nothing open", sit(None, &state)?);
    table.put("memory of a desk without a window, now and at most", sit(Some(&site), &state)?);
    let (mut rows, mut all) = (Vec::new(), Vec::new());
    let mut sitting = None;
    for _ in 0..5 {
        drop(sitting.take());
        let (next, opened) = Sitting::open(&site, &state)?;
        rows.push(opened.rows);
        all.push(opened.all);
        sitting = Some(next);
    }
    rows.sort_unstable();
    all.sort_unstable();
    table.time("desk: first rows, opened again", rows[rows.len() / 2]);
    table.time("desk: … everything looked at", all[all.len() / 2]);
    let Some(mut sitting) = sitting else { return Ok(()) };
    let count = (place.files.len() / 10).max(1);
    let targets: Vec<ArticleId> = sitting.desk.rows().iter().take(count).copied().collect();
    // Another value than an earlier run may have left.
    let heat = std::time::UNIX_EPOCH.elapsed()?.subsec_micros();
    let intents = vec![Intent::Set(FieldPath::parse("heat"), Value::from(i64::from(heat)))];
    let mut edit = Edit::of_selection("heat", intents);
    edit.targets = Targets::These(targets);
    let start = Instant::now();
    sitting.apply(Wish::Edit(edit));
    table.time("desk: a field set in a tenth of the articles: the command", start.elapsed());
    sitting.until(|desk| desk.waiting_count() == 0);
    table.time("desk: … all proved", start.elapsed());
    let start = Instant::now();
    sitting.apply(Wish::SaveAll);
    sitting.until(|desk| desk.changed_count() == 0);
    table.time("desk: … all saved", start.elapsed());
    Ok(())
}

/// Starts a process of its own with a desk, and answers with the memory it has then.
fn sit(site: Option<&Path>, state: &Path) -> Result<String, Failure> {
    let mut child = Command::new(std::env::current_exe()?);
    child.arg(SIT).arg(state).args(site);
    Ok(String::from_utf8(child.output()?.stdout)?.trim().to_owned())
}

/// The other side of [`sit`].
fn sit_here(state: &Path, site: Option<&Path>) -> Result<(), Failure> {
    let mut sitting = match site {
        Some(site) => Some(Sitting::open(site, state)?.0),
        None => None,
    };
    // What follows from all articles together is worked out once they are at rest.
    let mut rest = Instant::now();
    while let Some(sitting) = sitting.as_mut().filter(|_| rest.elapsed() < Duration::from_secs(3)) {
        if sitting.take_in() {
            rest = Instant::now();
        } else {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    let memory = |name| number_in("/proc/self/status", name).unwrap_or(0) / 1024;
    println!("{} MB, {} MB", memory("VmRSS:"), memory("VmHWM:"));
    drop(sitting);
    Ok(())
}

/// A desk and those who work for it.
struct Sitting {
    desk: Desk,
    runner: Runner,
    /// When problems had been looked for in all articles.
    checked: Option<Instant>,
}

/// How long an opening took.
struct Opened {
    /// Until there were rows.
    rows: Duration,
    /// Until all articles were read, or known to be what they were.
    all: Duration,
    /// Until problems had been looked for in all of them, where that was needed.
    checked: Option<Duration>,
}

impl Sitting {
    /// Opens the site, and waits until all that follows from it is known.
    fn open(site: &Path, kept: &Path) -> Result<(Self, Opened), Failure> {
        let state = StateFolder::at(kept)?;
        let outside = Outside { folder: || None, pictures: |_| Vec::new(), page: |_| Ok(()), program: None };
        let services = Services { wake: Arc::new(|| {}), outside };
        let (desk, runner) = (Desk::new(Settings::default()), Runner::new(state, services));
        let mut sitting = Self { desk, runner, checked: None };
        let start = Instant::now();
        sitting.apply(Wish::Open(site.to_owned()));
        sitting.until(|desk| !desk.rows().is_empty());
        let rows = start.elapsed();
        sitting.until(|desk| desk.scan().is_some_and(|scan| scan.done));
        let all = start.elapsed();
        sitting.until_remembered(kept)?;
        let checked = sitting.checked.map(|end| end - start);
        Ok((sitting, Opened { rows, all, checked }))
    }

    fn apply(&mut self, wish: Wish) {
        let effects = self.desk.apply(wish);
        self.runner.run(effects);
    }

    fn until(&mut self, holds: impl Fn(&Desk) -> bool) {
        while !holds(&self.desk) {
            if !self.take_in() {
                std::thread::sleep(Duration::from_micros(200));
            }
        }
    }

    /// Takes in what still comes until problems were looked for and the rows are kept for the next time.
    fn until_remembered(&mut self, state: &Path) -> Result<(), Failure> {
        let end = Instant::now() + Duration::from_mins(10);
        let is_kept = || {
            let mut sites = std::fs::read_dir(state.join("cache/sites")).into_iter().flatten().flatten();
            sites.any(|site| site.path().join("rows").exists())
        };
        while !is_kept() || self.desk.is_looking() {
            if Instant::now() > end {
                return Err("the rows were not kept".into());
            }
            if !self.take_in() {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        Ok(())
    }

    fn take_in(&mut self) -> bool {
        let Some(event) = self.runner.next_event() else { return false };
        if matches!(event, Event::Checked { done: true, .. }) {
            self.checked = Some(Instant::now());
        }
        let effects = self.desk.receive(event);
        self.runner.run(effects);
        true
    }
}
