//! A world in memory for the desk: files, a journal and other programs, without window, threads or disk. Effects are answered
//! at once, by the same pure functions that jobs call.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use copydesk::article::Record;
use copydesk::catalog::ArticleId;
use copydesk::desk::edit::{Prepared, Subject, carry_out};
use copydesk::desk::effect::PrepareItem;
use copydesk::desk::meaning::escape;
use copydesk::desk::recover::{Recovered, keep};
use copydesk::desk::{
    ACTIONS, Chord, Command, Desk, Effect, Event, JournalEntry, OnDisk, SaveOutcome, SavePlan, SavedVersion, Settings,
    SiteState, Version, Work,
};
use copydesk::document::{Document, Format};
use copydesk::file::{ContentHash, SitePath, Snapshot, Stamp};
use copydesk::jobs::{Cancel, answer};
use copydesk::site::Site;
use copydesk::site::paths::{ArticleName, collection_of, is_article_name};

use crate::site_folder::SiteFolder;

/// The files of a site, and the desk that works on them.
pub struct World {
    pub desk: Desk,
    /// What is on disk.
    pub files: BTreeMap<SitePath, Vec<u8>>,
    /// What was on disk when the world began.
    pub at_first: BTreeMap<SitePath, Vec<u8>>,
    /// What the journal says is pending.
    pub journal: BTreeMap<SitePath, Vec<JournalEntry>>,
    /// What was saved, in order.
    pub saves: Vec<(SitePath, SavedVersion)>,
    /// Displaced versions that were merged and may go.
    pub accepted: Vec<u64>,
    /// What went to the clipboard.
    pub copied: Vec<String>,
    /// Pages that were opened in the browser.
    pub pages: Vec<String>,
    /// Whether the window was closed.
    pub has_quit: bool,
    /// Effects of this kind wait until they are let go.
    pub holds: fn(&Effect) -> bool,
    held: VecDeque<Effect>,
    /// So many files are written at once; the save is stopped then.
    pub stops_after: usize,
    state: SiteState,
    pub stamps: BTreeMap<SitePath, i64>,
    clock: i64,
}

impl World {
    /// Opens a site of these files.
    pub fn open<P: AsRef<str>, T: AsRef<str>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        let file = |(path, text): (P, T)| (path_of(path.as_ref()), text.as_ref().as_bytes().to_vec());
        Self::with_journal(files.into_iter().map(file).collect(), BTreeMap::new())
    }

    /// Opens a copy of a folder.
    pub fn of_folder(root: &Path) -> Self {
        let paths = SiteFolder::read(root).files;
        let bytes = |path: &SitePath| std::fs::read(root.join(path.as_str())).unwrap();
        Self::with_journal(paths.iter().map(|path| (path.clone(), bytes(path))).collect(), BTreeMap::new())
    }

    /// Opens a site of which an earlier sitting left edits in the journal.
    pub fn with_journal(files: BTreeMap<SitePath, Vec<u8>>, journal: BTreeMap<SitePath, Vec<JournalEntry>>) -> Self {
        let mut world = Self {
            desk: Desk::new(Settings::default()),
            stamps: files.keys().map(|path| (path.clone(), 1)).collect(),
            at_first: files.clone(),
            files,
            journal,
            saves: Vec::new(),
            accepted: Vec::new(),
            copied: Vec::new(),
            pages: Vec::new(),
            has_quit: false,
            holds: |_| false,
            held: VecDeque::new(),
            stops_after: usize::MAX,
            state: SiteState::default(),
            clock: 1,
        };
        world.obey(Command::Open(PathBuf::from("site")));
        world
    }

    /// The same site after the program ended, however it ended.
    pub fn restart(self) -> Self {
        let mut next = Self::with_journal(self.files, self.journal);
        next.at_first = self.at_first;
        next.saves = self.saves;
        next
    }

    /// Does what the editor wants, and everything that follows from it.
    pub fn obey(&mut self, command: Command) -> &mut Self {
        let effects = self.desk.apply(command);
        self.run(effects)
    }

    /// Presses keys, one after another: `J 5 Ctrl+S`. A key that nothing is bound to fails.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            let command = if key == "Esc" {
                escape(&self.desk)
            } else {
                let chord = Chord::parse(key);
                let bound = |action: &&copydesk::desk::Action| action.keys.iter().any(|key| Chord::parse(key) == chord);
                let action = ACTIONS.iter().find(bound).unwrap_or_else(|| panic!("nothing is bound to {key}"));
                (action.command)(&self.desk)
            };
            if let Some(command) = command {
                self.obey(command);
            }
        }
        self
    }

    /// Another program writes a file, and the watcher sees it.
    pub fn disk(&mut self, path: &str, text: &str) -> &mut Self {
        self.write_unseen(path, text);
        let snapshot = self.snapshot(&path_of(path)).unwrap();
        let record = record_of(&self.desk, &snapshot);
        let generation = self.generation();
        let (gone, unreadable) = (Vec::new(), Vec::new());
        self.tell(Event::Changed { generation, files: vec![(snapshot, record)], gone, unreadable })
    }

    /// Another program removes a file, and the watcher sees it.
    pub fn remove(&mut self, path: &str) -> &mut Self {
        self.files.remove(&path_of(path));
        let (generation, gone) = (self.generation(), vec![path_of(path)]);
        self.tell(Event::Changed { generation, files: Vec::new(), gone, unreadable: Vec::new() })
    }

    /// Another program gives a file another name; the watcher sees it, or not.
    pub fn rename(&mut self, from: &str, to: &str, seen: bool) -> &mut Self {
        let bytes = self.files.remove(&path_of(from)).unwrap();
        self.put(&path_of(to), &bytes);
        if !seen {
            return self;
        }
        let snapshot = self.snapshot(&path_of(to)).unwrap();
        let (generation, record) = (self.generation(), record_of(&self.desk, &snapshot));
        let (files, gone) = (vec![(snapshot, record)], vec![path_of(from)]);
        self.tell(Event::Changed { generation, files, gone, unreadable: Vec::new() })
    }

    /// Another program writes a file, and nobody sees it.
    pub fn write_unseen(&mut self, path: &str, text: &str) {
        self.put(&path_of(path), text.as_bytes());
    }

    /// Another program replaces a text in a file, once; the watcher sees it.
    pub fn replace_on_disk(&mut self, path: &str, old: &str, new: &str) -> &mut Self {
        let text = self.text(path);
        assert!(text.contains(old), "{path} has no “{old}”");
        self.disk(path, &text.replacen(old, new, 1))
    }

    /// What is held back.
    pub fn held(&self) -> impl Iterator<Item = &Effect> {
        self.held.iter()
    }

    /// Lets go of what was held back.
    pub fn let_go(&mut self) -> &mut Self {
        self.holds = |_| false;
        let held = std::mem::take(&mut self.held);
        self.run(held.into())
    }

    /// Nobody will do what was held back.
    pub fn forget_held(&mut self) {
        self.holds = |_| false;
        self.held.clear();
    }

    /// Lets go of the oldest thing that was held back; says how many are then.
    pub fn let_one_go(&mut self) -> usize {
        let effect = self.held.pop_front().unwrap();
        for event in self.answer(effect) {
            self.tell(event);
        }
        self.held.len()
    }

    /// Tells the desk something.
    pub fn tell(&mut self, event: Event) -> &mut Self {
        let effects = self.desk.receive(event);
        self.run(effects)
    }

    /// A file as it is on disk.
    pub fn text(&self, path: &str) -> String {
        String::from_utf8_lossy(&self.files[&path_of(path)]).into_owned()
    }

    /// The number of the article in this file.
    pub fn id(&self, path: &str) -> ArticleId {
        self.desk.catalog().unwrap().id_of(&path_of(path)).unwrap_or_else(|| panic!("there is no {path}"))
    }

    /// An article as the desk has it now, saved or not.
    pub fn now(&self, path: &str) -> String {
        match self.desk.draft(self.id(path)).and_then(|draft| draft.text().cloned()) {
            Some(text) => text.as_ref().to_owned(),
            None => self.text(path),
        }
    }

    /// The last message.
    pub fn says(&self) -> &str {
        self.desk.toasts().last().map_or("", |toast| &toast.text)
    }

    fn generation(&self) -> u64 {
        // The desk counts openings, and a world opens once.
        1
    }

    fn run(&mut self, effects: Vec<Effect>) -> &mut Self {
        let mut queue: VecDeque<Effect> = effects.into();
        while let Some(effect) = queue.pop_front() {
            if (self.holds)(&effect) {
                self.held.push_back(effect);
                continue;
            }
            for event in self.answer(effect) {
                queue.extend(self.desk.receive(event));
            }
        }
        self
    }

    fn answer(&mut self, effect: Effect) -> Vec<Event> {
        match effect {
            Effect::Scan { generation, .. } => self.scan(generation),
            Effect::Load { generation, articles } => {
                let read = |path: SitePath| self.snapshot(&path).ok_or_else(|| format!("{path}: it is gone"));
                let files = articles.into_iter().map(|(id, path)| (id, read(path))).collect();
                vec![Event::Loaded { generation, files }]
            }
            Effect::Look(look) => {
                let generation = look.generation;
                let looked = answer(*look, &Cancel::default()).unwrap();
                vec![Event::Looked { generation, looked: Box::new(looked) }]
            }
            Effect::Prepare(order) => {
                let articles = order
                    .articles
                    .iter()
                    .map(|item| (item.article, prepared(item, &order.site, &order.work, &|path| self.snapshot(path))))
                    .collect();
                vec![Event::Prepared { serial: order.serial, articles }]
            }
            Effect::Save { generation, plans } => {
                let write = |(number, plan): (usize, SavePlan)| {
                    let stopped = number >= self.stops_after;
                    (plan.article, if stopped { SaveOutcome::Stopped } else { self.save(&plan) })
                };
                let outcomes = plans.into_iter().enumerate().map(write).collect();
                vec![Event::Saved { generation, outcomes }]
            }
            Effect::Journal(entries) => {
                entries.into_iter().for_each(|entry| self.journalled(entry));
                Vec::new()
            }
            Effect::Accept(number) => {
                self.accepted.push(number);
                Vec::new()
            }
            Effect::Versions { generation, path } => {
                let versions = self.saves.iter().rev().filter(|(saved, _)| *saved == path).map(|(_, it)| it.clone());
                let versions = versions.collect();
                vec![Event::Versions { generation, path, versions }]
            }
            Effect::StoreSite(state) => {
                self.state = state;
                Vec::new()
            }
            Effect::Copy(text) => {
                self.copied.push(text);
                Vec::new()
            }
            Effect::OpenPage(address) => {
                self.pages.push(address);
                Vec::new()
            }
            Effect::Quit => {
                self.has_quit = true;
                Vec::new()
            }
            Effect::Trash { generation, files } => {
                files.iter().for_each(|(_, path)| drop(self.files.remove(path)));
                vec![Event::Trashed { generation, files: files.into_iter().map(|(id, _)| (id, Ok(()))).collect() }]
            }
            Effect::Cancel => {
                // Nobody answers a question that was cancelled.
                self.held.retain(|effect| !matches!(effect, Effect::Look(_)));
                Vec::new()
            }
            Effect::Settle(_)
            | Effect::Check { .. }
            | Effect::FindUnused { .. }
            | Effect::StoreSettings(_)
            | Effect::StoreView { .. }
            | Effect::Acknowledge(_)
            | Effect::StorePresets { .. }
            | Effect::PickFolder
            | Effect::PickPictures(_)
            | Effect::BringPictures { .. }
            | Effect::Close => Vec::new(),
        }
    }

    fn scan(&mut self, generation: u64) -> Vec<Event> {
        let files = self.files.keys().filter_map(|path| Some((path.clone(), self.snapshot(path)?))).collect();
        let recovered =
            self.journal.values().map(|entries| Recovered::new(entries.clone(), self.today(entries))).collect();
        let shown = self.desk.catalog().into_iter().flat_map(|catalog| catalog.ids().map(|id| catalog.path(id)));
        let gone = shown.filter(|path| !self.files.contains_key(path)).collect();
        let mut events = site_read(generation, &files, &self.state);
        events.insert(1, Event::Recovered { generation, recovered, journal: None });
        events.push(Event::ScanDone { generation, gone, troubles: Vec::new() });
        events
    }

    /// How the file of a journal's entry is found.
    fn today(&self, entries: &[JournalEntry]) -> OnDisk {
        let entry = entries.last().unwrap();
        let base = entries.iter().rev().find_map(|entry| entry.base.as_ref()?.as_ref()).map(String::as_bytes);
        let same = self.files.iter().find(|(_, bytes)| Some(bytes.as_slice()) == base).map(|(path, _)| path);
        match (self.snapshot(&entry.path), same) {
            (Some(snapshot), _) => OnDisk::File(snapshot),
            (None, Some(path)) => OnDisk::Moved(self.snapshot(path).unwrap()),
            (None, None) => OnDisk::Gone,
        }
    }

    fn save(&mut self, plan: &SavePlan) -> SaveOutcome {
        let now = self.files.get(&plan.path).map(|bytes| ContentHash::of(bytes));
        match (now, plan.expected) {
            (now, expected) if now == expected => {
                let before = self.files.get(&plan.path).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
                self.put(&plan.path, plan.text.as_bytes());
                let version = SavedVersion::new(self.clock, before.as_deref(), &plan.text);
                self.saves.push((plan.path.clone(), version));
                SaveOutcome::Written(self.snapshot(&plan.path).unwrap())
            }
            (Some(_), _) => SaveOutcome::MovedOn(self.snapshot(&plan.path).unwrap()),
            (None, _) => SaveOutcome::Gone,
        }
    }

    fn journalled(&mut self, entry: JournalEntry) {
        // As the journal's thread does.
        let entries = self.journal.entry(entry.path.clone()).or_default();
        let path = entry.path.clone();
        keep(entries, entry);
        if entries.is_empty() {
            self.journal.remove(&path);
        }
    }

    fn put(&mut self, path: &SitePath, bytes: &[u8]) {
        self.clock += 1;
        self.stamps.insert(path.clone(), self.clock);
        self.files.insert(path.clone(), bytes.to_vec());
    }

    fn snapshot(&self, path: &SitePath) -> Option<Snapshot> {
        let bytes = self.files.get(path)?;
        let modified = self.stamps.get(path).copied().unwrap_or_default();
        let stamp = Stamp { size: bytes.len() as u64, modified, ..Stamp::default() };
        Some(Snapshot { path: path.clone(), bytes: bytes.as_slice().into(), stamp })
    }
}

/// What a scan tells of these files: the site, then its articles.
pub fn site_read(generation: u64, files: &BTreeMap<SitePath, Snapshot>, state: &SiteState) -> Vec<Event> {
    let paths = files.keys().cloned().collect();
    let site = SiteFolder::of(&paths, &|path| Some(files.get(&SitePath::new(path).ok()?)?.bytes.to_vec())).site;
    let schemas: BTreeMap<_, _> =
        site.collections.iter().map(|it| (it.folder.clone(), Arc::clone(&it.schema))).collect();
    let records: Vec<Record> = files
        .values()
        .filter_map(|snapshot| {
            let document = Document::parse(&snapshot.bytes);
            let schema = schemas.get(collection_of(&snapshot.path)).cloned().unwrap_or_default();
            is_article(&snapshot.path, &document)
                .then(|| Record::of(&snapshot.path, snapshot.stamp, &document, &schema))
        })
        .collect();
    vec![
        Event::SiteRead {
            generation,
            root: PathBuf::from("site"),
            site: Box::new(site),
            state: Box::new(state.clone()),
            files: records.len(),
            branch: None,
            today: NaiveDate::from_ymd_opt(2026, 6, 15).unwrap(),
            whole: true,
        },
        Event::Scanned { generation, records },
    ]
}

/// The facts of a file, as the watcher tells them.
pub fn record_of(desk: &Desk, snapshot: &Snapshot) -> Option<Record> {
    let document = Document::parse(&snapshot.bytes);
    let schema = desk.site()?.schema(collection_of(&snapshot.path));
    Some(Record::of(&snapshot.path, snapshot.stamp, &document, &schema))
}

/// Carries an edit out on an article, as workers do.
pub fn prepared(
    item: &PrepareItem,
    site: &Site,
    work: &Work,
    read: &dyn Fn(&SitePath) -> Option<Snapshot>,
) -> Result<Prepared, String> {
    let (version, document) = match &item.draft {
        Some((version, ours)) => (version.clone(), Document::parse(ours.as_bytes())),
        None => {
            let snapshot = read(&item.path).ok_or("it is gone")?;
            (Version::of(&snapshot), Document::parse(&snapshot.bytes))
        }
    };
    let subject = Subject {
        article: item.article,
        path: &item.path,
        schema: &item.schema,
        site,
        stamp: version.as_ref().map(|version| version.stamp).unwrap_or_default(),
        base: version.as_ref().map_or("", |version| &version.text),
    };
    let prepared = carry_out(work, subject, &document)?;
    Ok(Prepared { read: version, ..prepared })
}

fn is_article(path: &SitePath, document: &Document) -> bool {
    match is_article_name(path) {
        ArticleName::Yes => true,
        ArticleName::IfFrontMatter => document.format() != Format::None,
        ArticleName::No => false,
    }
}

/// A path of the site.
pub fn path_of(path: &str) -> SitePath {
    SitePath::new(path).unwrap_or_else(|error| panic!("{error}"))
}
