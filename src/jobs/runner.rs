//! Effects in, events out.
//!
//! Invariant: `run` never waits: not for disk, network, decode or a full channel. Workers wait when the channel is full.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded, never};

use super::pictures::bring::{Surroundings, bring};
use super::pictures::unused::unused;
use super::pictures::{PictureRunner, PictureSettings};
use super::pool::{Cancel, Pool, start_thread};
use super::settle::{Order, Settler};
use super::site::{Ended, OpenSite, Threads};
use super::{look, overwritten, prepare, save, scan, wishes};
use crate::desk::{Effect, Event, Settings};
use crate::net::Policy;
use crate::picture::{Delivered, PictureOrders};
use crate::storage::SiteFolder;
use crate::storage::state::{StateFile, StateFolder};

/// What the window lends to jobs.
#[derive(Clone)]
pub struct Services {
    /// Wakes the window, so that it takes events in.
    pub wake: Arc<dyn Fn() + Send + Sync>,
    /// What lies outside of the program.
    pub outside: Outside,
}

/// What lies outside of the program: the system's dialogs, which wait until the editor has answered, the browser, and our own program.
#[derive(Clone)]
pub struct Outside {
    /// Asks for a folder.
    pub folder: fn() -> Option<PathBuf>,
    /// Asks for picture files; the dialog begins in this folder.
    pub pictures: fn(&Path) -> Vec<PathBuf>,
    /// Shows a page, by its address.
    pub page: fn(&str) -> std::io::Result<()>,
    /// Our own program, started again for pictures that are too much for a thread; without it they are refused.
    pub program: Option<PathBuf>,
}

/// Carries out effects.
pub struct Runner {
    pool: Pool,
    shared: Shared,
    inbox: Receiver<Event>,
    site: Option<OpenSite>,
    look: Cancel,
    prepare: Cancel,
    threads: Threads,
    /// The journals of sites that were open, until they have ended.
    journals: Vec<Ended>,
    settler: Option<Settler>,
    pictures: Option<(u64, PictureRunner)>,
    pictures_allowed: bool,
    private_allowed: bool,
}

/// What every job may use.
#[derive(Clone)]
pub(super) struct Shared {
    outbox: Sender<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
    outside: Outside,
    /// Where the user's preferences, journals and caches are.
    pub state: StateFolder,
    /// Numbers what is to be remembered, so that an older state never follows a newer one.
    turns: Arc<AtomicU64>,
    /// The turn in which each was remembered last.
    stored: Arc<Mutex<Vec<(StateFile, u64)>>>,
}

impl Shared {
    /// Answers. Waits when the window is behind; does nothing when it is gone.
    pub(super) fn answer(&self, event: Event) {
        if self.outbox.send(event).is_ok() {
            (self.wake)();
        }
    }
}

/// Events that may wait for the window; then workers wait. Few, for each may hold the rows of many articles, and what is read ahead
/// of the window takes memory that no allocator gives back soon.
const INBOX: usize = 24;

/// The version of the settings file's form.
pub(super) const SETTINGS_VERSION: u32 = 1;

impl Runner {
    /// A runner with threads of its own.
    #[must_use]
    pub fn new(state: StateFolder, services: Services) -> Self {
        let (outbox, inbox) = bounded(INBOX);
        let shared = Shared {
            outbox,
            wake: services.wake,
            outside: services.outside,
            state,
            turns: Arc::default(),
            stored: Arc::default(),
        };
        let (settler, thread) = Settler::start(&shared);
        Self {
            pool: Pool::new(),
            shared,
            inbox,
            site: None,
            look: Cancel::default(),
            prepare: Cancel::default(),
            threads: Arc::new(Mutex::new(thread.into_iter().collect())),
            journals: Vec::new(),
            settler: Some(settler),
            pictures: None,
            pictures_allowed: false,
            private_allowed: false,
        }
    }

    /// Follows what the system wishes of every window, as long as the program runs.
    pub fn follow_system(&self) {
        wishes::follow(&self.shared);
    }

    /// The preferences as they were left; the usual ones when there are none or they cannot be read.
    #[must_use]
    pub fn settings(&self) -> Settings {
        match self.shared.state.load(&StateFile::Settings, SETTINGS_VERSION) {
            Ok(found) => found.map(|(_, settings)| settings).unwrap_or_default(),
            Err(error) => {
                log::warn!("{error}");
                Settings::default()
            }
        }
    }

    /// The next event, if one is there.
    #[must_use]
    pub fn next_event(&self) -> Option<Event> {
        self.inbox.try_recv().ok()
    }

    /// The site that was open last, if its folder is still there.
    #[must_use]
    pub fn last_site(&self, settings: &Settings) -> Option<PathBuf> {
        settings.recent.first().filter(|site| SiteFolder::open(site).is_ok()).cloned()
    }

    /// The editor allows pictures from the web for the open site, and from its own network, or takes that back; it holds at once.
    pub fn allow_pictures(&mut self, remote_allowed: bool, private_allowed: bool) {
        if self.private_allowed != private_allowed {
            self.private_allowed = private_allowed;
            self.pictures = None; // the threads keep to the policy that they were started with
        }
        self.pictures_allowed = remote_allowed;
        if let Some((_, runner)) = &mut self.pictures {
            runner.allow_remote(remote_allowed);
        }
    }

    /// Loads pictures as this list says; those it does not name any more are given up.
    pub fn order_pictures(&mut self, orders: PictureOrders) {
        let Some(site) = &self.site else { return };
        let Some(folder) = site.folder() else { return };
        let generation = site.generation;
        if self.pictures.as_ref().is_none_or(|(of, _)| *of != generation) {
            let (allowed, private_allowed) = (self.pictures_allowed, self.private_allowed);
            let policy = Policy { allowed, private_allowed, ..Policy::default() };
            let facts = site.facts();
            let helper = self.shared.outside.program.clone();
            let settings = PictureSettings::of(folder, self.shared.state.cache(), policy, helper);
            let settings = PictureSettings { facts, ..settings };
            self.pictures = Some((generation, PictureRunner::start(settings, Arc::clone(&self.shared.wake))));
        }
        if let Some((_, runner)) = &mut self.pictures {
            runner.obey(orders);
        }
    }

    /// The next picture that is loaded, or why it is not.
    pub fn next_picture(&mut self) -> Option<Delivered> {
        let (generation, runner) = self.pictures.as_mut()?;
        let delivered = runner.next_answer()?;
        if delivered.key.source.is_remote() && self.site.as_ref().is_some_and(OpenSite::has_news_of_pictures) {
            let seen = Event::PicturesSeen { generation: *generation, changed: Vec::new(), files: None };
            // Where the channel is full it is tried again with the next one.
            drop(self.shared.outbox.try_send(seen));
        }
        Some(delivered)
    }

    fn folder(&self) -> Option<SiteFolder> {
        self.site.as_ref().and_then(OpenSite::folder)
    }

    /// Carries effects out, in order.
    pub fn run(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.carry_out(effect);
        }
    }

    #[expect(clippy::too_many_lines, reason = "an arm an effect; the work is in the jobs")]
    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Scan { generation, root } => self.scan(generation, root),
            Effect::Load { generation, articles } => self.with_folder(move |shared, folder| {
                let files = articles.into_iter().map(|(id, path)| (id, scan::read_file(folder, &path))).collect();
                shared.answer(Event::Loaded { generation, files });
            }),
            Effect::Look(question) => {
                self.look.cancel();
                self.look = Cancel::default();
                let (shared, cancel) = (self.shared.clone(), self.look.clone());
                let rows = self.site.as_ref().map(OpenSite::rows);
                self.pool.now(move || look::look(&shared, *question, &cancel, rows.as_ref()));
            }
            Effect::Settle(wanted) => {
                if let (Some(settler), Some(site)) = (&self.settler, &self.site)
                    && let (Some(folder), Some(facts)) = (site.folder(), site.facts())
                {
                    settler.settle(Order { wanted: *wanted, folder, known: site.known(), facts });
                }
            }
            Effect::Prepare(order) => {
                let cancel = self.prepare.clone();
                self.with_folder(move |shared, folder| prepare::prepare(shared, folder, &order, &cancel));
            }
            Effect::Save { generation, plans } => {
                if let Some(site) = &self.site {
                    site.save(generation, plans);
                }
            }
            Effect::Journal(entries) => {
                if let Some(site) = &self.site {
                    site.journal(entries);
                }
            }
            Effect::Accept(number) => {
                if let Some(site) = &self.site {
                    site.accept(number);
                }
            }
            Effect::Versions { generation, path } => self.with_folder(move |shared, folder| {
                let versions = save::versions(folder, &shared.state, &path);
                shared.answer(Event::Versions { generation, path, versions });
            }),
            Effect::Acknowledge(seen) => {
                if let Some(heads) = self.site.as_ref().map(OpenSite::heads) {
                    self.with_folder(move |shared, folder| {
                        overwritten::acknowledge(folder, &shared.state, &heads, seen);
                    });
                }
            }
            Effect::StoreSettings(settings) => {
                let (shared, turn) = (self.shared.clone(), self.shared.next_turn());
                self.pool.later(move || shared.store(&StateFile::Settings, &settings, turn));
            }
            Effect::StoreSite(state) => {
                if let Some(file) = self.site.as_ref().and_then(OpenSite::state_file) {
                    let (shared, turn) = (self.shared.clone(), self.shared.next_turn());
                    self.pool.later(move || shared.store(&file, &state, turn));
                }
            }
            Effect::StorePresets { field, presets } => self.with_folder(move |shared, folder| {
                let change = |text: &str| save::with_presets(text, &field, &presets);
                if let Err(message) = save::store_setting(folder, &shared.state, &change) {
                    shared.answer(Event::Trouble(message));
                }
            }),
            Effect::StoreView { name, filter } => self.with_folder(move |shared, folder| {
                let change = |text: &str| save::with_view(text, &name, &filter);
                if let Err(message) = save::store_setting(folder, &shared.state, &change) {
                    shared.answer(Event::Trouble(message));
                }
            }),
            Effect::PickFolder => {
                let shared = self.shared.clone();
                // Its own thread: where a portal is broken the dialog may never answer.
                start_thread("folder dialog", move || shared.answer(Event::FolderPicked((shared.outside.folder)())));
            }
            Effect::PickPictures(seat) => {
                let (shared, root) = (self.shared.clone(), self.folder().map(|folder| folder.root().to_owned()));
                start_thread("picture dialog", move || {
                    let files = (shared.outside.pictures)(&root.unwrap_or_default());
                    shared.answer(Event::PicturesPicked { seat, files });
                });
            }
            Effect::BringPictures { seat, files, own, site, catalog } => {
                let (Some(folder), shared) = (self.folder(), self.shared.clone()) else { return };
                // Its own thread: it waits where git works.
                start_thread("bring pictures", move || {
                    let around = Surroundings { site: &site, catalog: &catalog, article: seat.article, own: &own };
                    let files = bring(&folder, &around, &files);
                    shared.answer(Event::PicturesBrought { seat, files });
                });
            }
            Effect::OpenPage(address) => {
                let (shared, show) = (self.shared.clone(), self.shared.outside.page);
                self.pool.now(move || {
                    if let Err(error) = show(&address) {
                        shared.answer(Event::Trouble(format!("The browser could not be opened: {error}")));
                    }
                });
            }
            Effect::Trash { generation, files } => self.with_folder(move |shared, folder| {
                let files = files.into_iter().map(|(id, path)| (id, save::trash(folder, &path))).collect();
                shared.answer(Event::Trashed { generation, files });
            }),
            Effect::Check { generation, site, articles } => self.with_folder(move |shared, folder| {
                scan::check_again(shared, generation, folder, &site, articles);
            }),
            Effect::FindUnused { generation, site, articles, texts } => {
                let cancel = self.prepare.clone();
                self.with_folder(move |shared, folder| {
                    if let Some(files) = unused(folder, &site, &articles, &texts, &|| cancel.is_cancelled()) {
                        shared.answer(Event::UnusedPictures { generation, files });
                    }
                });
            }
            Effect::Cancel => self.cancel(),
            Effect::Close => {
                self.cancel();
                self.site = None;
                self.pictures = None;
            }
            // The window's own: it takes them before they come here.
            Effect::Copy(_) | Effect::Quit => {}
        }
    }

    fn scan(&mut self, generation: u64, root: Option<PathBuf>) {
        let same = self.site.as_ref().is_some_and(|site| site.generation == generation);
        if !same {
            self.site = None;
        }
        let site = self.site.get_or_insert_with(|| {
            self.journals.retain(|ended| ended.try_recv() != Err(TryRecvError::Disconnected));
            let site = OpenSite::new(generation, Arc::clone(&self.threads), self.journals.clone());
            self.journals.push(site.ended());
            site
        });
        site.scan(&self.shared, root);
    }

    fn with_folder(&self, job: impl FnOnce(&Shared, &SiteFolder) + Send + 'static) {
        let Some(folder) = self.folder() else { return };
        let shared = self.shared.clone();
        self.pool.now(move || job(&shared, &folder));
    }

    fn cancel_reading(&mut self) {
        self.look.cancel();
        self.prepare.cancel();
        self.prepare = Cancel::default();
    }

    fn cancel(&mut self) {
        self.cancel_reading();
        if let Some(site) = &mut self.site {
            site.cancel();
        }
    }
}

impl Drop for Runner {
    /// Waits for what was given to the saver and to the journal: after this nothing is in the air.
    fn drop(&mut self) {
        self.cancel_reading();
        self.site = None;
        self.settler = None;
        // Nobody takes events in any more: a thread that waited for room in a full channel would be waited for for ever.
        self.inbox = never();
        for thread in self.threads.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            if thread.join().is_err() {
                log::error!("a thread of the site had panicked");
            }
        }
    }
}

impl Shared {
    fn next_turn(&self) -> u64 {
        self.turns.fetch_add(1, Ordering::Relaxed)
    }

    fn store<T: serde::Serialize>(&self, file: &StateFile, data: &T, turn: u64) {
        let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        let last = stored.iter_mut().find(|(known, _)| known == file);
        match last {
            Some((_, last)) if *last > turn => return,
            Some((_, last)) => *last = turn,
            None => stored.push((file.clone(), turn)),
        }
        // Under the lock: the next one waits until this one is on disk.
        if let Err(error) = self.state.store(file, SETTINGS_VERSION, data) {
            log::warn!("{error}");
        }
    }
}
