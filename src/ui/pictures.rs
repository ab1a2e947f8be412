//! The textures of all pictures on screen: made when wanted, dropped when not.
//!
//! Invariant: this store loads and decodes nothing. Panes say in every frame what they show, and get what is there; what is
//! missing goes out as a list ([`Pictures::orders`]) and comes back as pixels ([`Pictures::deliver`]). Textures never take more
//! than the budget, save for what one frame shows at once.
//!
//! The window joins the store and the workers, which do not know each other:
//!
//! ```no_run
//! # use std::sync::Arc;
//! # use copydesk::jobs::pictures::{PictureRunner, PictureSettings};
//! # use copydesk::ui::pictures::Pictures;
//! # fn window(ctx: &egui::Context, settings: PictureSettings) {
//! let repaint = ctx.clone();
//! let mut runner = PictureRunner::start(settings, Arc::new(move || repaint.request_repaint()));
//! let mut pictures = Pictures::default();
//! pictures.allow_remote(false); // what the editor said of this site
//!
//! // In `logic`, also while the window is hidden:
//! while let Some(delivered) = runner.next_answer() {
//!     pictures.deliver(delivered);
//! }
//!
//! // In `ui`:
//! pictures.begin_frame(ctx);
//! // … panes call `pictures.want(&key)` …
//! if let Some(orders) = pictures.orders() {
//!     runner.obey(orders);
//! }
//! # }
//! ```

use std::collections::{HashMap, HashSet, VecDeque};

use crate::picture::{DataUrl, Delivered, Failure, Info, PictureKey, PictureOrders, Rendered, Source};
use crate::site::links::Target;
use crate::ui::show::host;

/// Bytes of textures that are kept.
pub const BUDGET: usize = 64 << 20;

/// Textures made in one frame, so that a page of pictures that arrives at once costs no frame.
const UPLOADS: usize = 4;

/// What can be shown for a picture now.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum PictureState {
    /// Its pixels.
    Ready(Picture),
    /// It is on its way. Nothing moves meanwhile; its arrival asks for a frame.
    Loading,
    /// There is none, and why. [`Pictures::retry`] asks again.
    Failed(Failure),
    /// It lies on the web, and the editor has not allowed requests for this site.
    NeedsConsent,
}

/// A texture and what it shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Picture {
    /// For `Painter::image` or `egui::Image`.
    pub texture: egui::TextureId,
    /// Pixels of the texture.
    pub size: egui::Vec2,
    /// What the picture is: its format, its real size, its bytes.
    pub info: Info,
}

/// Where the picture behind an address of an article comes from, or why it comes from nowhere.
///
/// # Errors
/// When the address leads to nothing; the text says why.
pub fn source_of(target: Target) -> Result<Source, String> {
    match target {
        Target::Site(paths) => Ok(Source::site(paths)),
        Target::Remote(address) => Ok(Source::Remote(address.as_str().into())),
        Target::Data(address) => Ok(Source::Data(DataUrl::new(&address))),
        Target::Broken(reason) => Err(reason),
    }
}

/// All pictures on screen.
pub struct Pictures {
    context: Option<egui::Context>,
    entries: HashMap<PictureKey, Entry>,
    arrived: VecDeque<Delivered>,
    /// What this frame's panes miss: first what they show, then what they may show next.
    missing: Vec<Missing>,
    /// Places of this frame whose pictures are not there yet.
    lacking: usize,
    ordered: PictureOrders,
    retry: Vec<Source>,
    remote: bool,
    private: bool,
    /// The host of the first picture that was not asked for, for want of consent.
    refused: Option<String>,
    frame: u64,
    used: usize,
    budget: usize,
}

impl Default for Pictures {
    fn default() -> Self {
        Self::with_budget(BUDGET)
    }
}

enum Entry {
    Ready {
        textures: Vec<(egui::TextureHandle, u32)>,
        info: Info,
        bytes: usize,
        shown: u64,
    },
    Failed(Failure),
    /// Asked for first in this frame.
    Asked(u64),
}

struct Missing {
    key: PictureKey,
    soon: bool,
    asked: u64,
}

impl Pictures {
    /// An empty store with another budget, in bytes.
    #[must_use]
    pub fn with_budget(budget: usize) -> Self {
        Self {
            context: None,
            entries: HashMap::new(),
            arrived: VecDeque::new(),
            missing: Vec::new(),
            lacking: 0,
            ordered: PictureOrders::default(),
            retry: Vec::new(),
            remote: false,
            private: false,
            refused: None,
            frame: 0,
            used: 0,
            budget,
        }
    }

    /// Whether pictures from the web may be asked for on this site. Taking it back drops those that are shown.
    pub fn allow_remote(&mut self, allowed: bool) {
        if !allowed {
            self.drop_where(|key| key.source.is_remote());
        }
        self.remote = allowed;
    }

    /// Whether they may lie on this machine and its network, too. When that changes, all of them are asked for again.
    pub fn allow_private(&mut self, allowed: bool) {
        if self.private != allowed {
            self.private = allowed;
            self.drop_where(|key| key.source.is_remote());
            self.ordered = PictureOrders::default();
        }
    }

    /// Takes pixels, or a failure, from the workers. They become visible with the next frames.
    pub fn deliver(&mut self, delivered: Delivered) {
        self.arrived.push_back(delivered);
    }

    /// Begins a frame: makes a few textures, drops what is over the budget.
    pub fn begin_frame(&mut self, context: &egui::Context) {
        self.context.get_or_insert_with(|| context.clone());
        self.frame += 1;
        self.missing.clear();
        self.lacking = 0;
        let mut uploads = 0;
        while uploads < UPLOADS
            && let Some(delivered) = self.arrived.pop_front()
        {
            uploads += usize::from(self.take(context, delivered));
        }
        if !self.arrived.is_empty() {
            context.request_repaint();
        }
        self.evict();
        let before = self.frame.saturating_sub(2);
        self.entries.retain(|_, entry| !matches!(entry, Entry::Asked(last) if *last < before));
    }

    /// What can be shown for a picture that is on screen now.
    pub fn want(&mut self, key: &PictureKey) -> PictureState {
        self.ask(key, false)
    }

    /// Asks for a picture that may be on screen next: it comes after all that are, and waits for consent where it needs one.
    pub fn want_soon(&mut self, key: &PictureKey) {
        if self.remote || !key.source.is_remote() {
            drop(self.ask(key, true));
        }
    }

    /// What the workers shall do, most urgent first. `None` when that is what they were told last.
    pub fn orders(&mut self) -> Option<PictureOrders> {
        // What came into view last is looked at now; within a frame the order of asking is from top to bottom.
        self.missing.sort_by_key(|missing| (missing.soon, std::cmp::Reverse(missing.asked)));
        let mut seen = HashSet::new();
        let wanted = self.missing.drain(..).map(|missing| missing.key).filter(|key| seen.insert(key.clone())).collect();
        let orders = PictureOrders { wanted, retry: std::mem::take(&mut self.retry) };
        if orders.retry.is_empty() && orders.wanted == self.ordered.wanted {
            return None;
        }
        self.ordered.wanted.clone_from(&orders.wanted);
        Some(orders)
    }

    /// Forgets that a picture failed, so that it is tried again.
    pub fn retry(&mut self, source: &Source) {
        self.entries.retain(|key, entry| !(matches!(entry, Entry::Failed(_)) && key.source == *source));
        self.retry.push(source.clone());
        self.ordered.wanted.clear();
        if let Some(context) = &self.context {
            context.request_repaint();
        }
    }

    /// Drops what was made of these files of the site: they changed on disk.
    pub fn files_changed(&mut self, paths: &HashSet<String>) {
        self.drop_where(
            |key| matches!(&key.source, Source::Site(files) if files.iter().any(|file| paths.contains(file))),
        );
    }

    /// Drops everything: another site was opened.
    pub fn clear(&mut self) {
        self.arrived.clear();
        self.drop_where(|_| true);
        self.refused = None;
        self.ordered = PictureOrders::default();
    }

    /// A host on the web that would have been asked for a picture of this site, had the editor allowed it.
    #[must_use]
    pub fn refused_host(&self) -> Option<&str> {
        self.refused.as_deref().filter(|_| !self.remote)
    }

    /// Whether everything that was wanted in the last frame is shown, or has failed.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.arrived.is_empty() && self.ordered.wanted.is_empty()
    }

    /// Whether the last frame showed every picture that it had a place for, save those that failed.
    #[must_use]
    pub fn is_all_shown(&self) -> bool {
        self.lacking == 0
    }

    /// Bytes of textures that are held.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.used
    }

    fn ask(&mut self, key: &PictureKey, soon: bool) -> PictureState {
        if let Source::Remote(address) = &key.source
            && !self.remote
        {
            self.refused.get_or_insert_with(|| host(address).to_owned());
            return PictureState::NeedsConsent;
        }
        let frame = self.frame;
        let asked = match self.entries.get_mut(key) {
            Some(Entry::Ready { textures, info, shown, .. }) => {
                *shown = frame;
                let now = frame_now(self.context.as_ref(), textures);
                if let Some(texture) = now {
                    let picture = Picture { texture: texture.id(), size: texture.size_vec2(), info: *info };
                    return PictureState::Ready(picture);
                }
                frame
            }
            Some(Entry::Failed(failure)) => return PictureState::Failed(failure.clone()),
            Some(Entry::Asked(first)) => *first,
            None => frame,
        };
        self.entries.insert(key.clone(), Entry::Asked(asked));
        self.lacking += usize::from(!soon);
        // What has arrived and waits for its texture is missed no more.
        if !self.arrived.iter().any(|delivered| delivered.key == *key) {
            self.missing.push(Missing { key: key.clone(), soon, asked });
        }
        PictureState::Loading
    }

    /// Makes textures of what arrived. Says whether any were made.
    fn take(&mut self, context: &egui::Context, delivered: Delivered) -> bool {
        let Delivered { key, result } = delivered;
        if key.source.is_remote() && !self.remote {
            return false;
        }
        self.drop_where(|known| *known == key);
        match result {
            Ok(rendered) => {
                let bytes = rendered.frames.iter().map(|frame| frame.rgba.len()).sum();
                self.used += bytes;
                let info = rendered.info;
                let textures = textures(context, rendered);
                self.entries.insert(key, Entry::Ready { textures, info, bytes, shown: self.frame });
                true
            }
            Err(failure) => {
                self.entries.insert(key, Entry::Failed(failure));
                false
            }
        }
    }

    /// Over the budget, drops what was not shown in the last two frames, oldest first, down to three quarters.
    fn evict(&mut self) {
        if self.used <= self.budget {
            return;
        }
        let before = self.frame.saturating_sub(2);
        let mut unseen: Vec<(u64, PictureKey)> = self
            .entries
            .iter()
            .filter_map(|(key, entry)| match entry {
                Entry::Ready { shown, .. } if *shown < before => Some((*shown, key.clone())),
                _ => None,
            })
            .collect();
        unseen.sort();
        for (_, key) in unseen {
            if self.used <= self.budget / 4 * 3 {
                break;
            }
            if let Some(Entry::Ready { bytes, .. }) = self.entries.remove(&key) {
                self.used -= bytes;
            }
        }
    }

    fn drop_where(&mut self, condition: impl Fn(&PictureKey) -> bool) {
        let mut freed = 0;
        self.entries.retain(|key, entry| {
            let goes = condition(key);
            if goes && let Entry::Ready { bytes, .. } = entry {
                freed += *bytes;
            }
            !goes
        });
        self.used -= freed;
    }
}

fn textures(context: &egui::Context, rendered: Rendered) -> Vec<(egui::TextureHandle, u32)> {
    let name = format!("{} {}×{}", rendered.info.format, rendered.info.width, rendered.info.height);
    let most = context.input(|input| input.max_texture_side);
    rendered
        .frames
        .into_iter()
        .filter(|frame| (frame.width as usize).max(frame.height as usize) <= most)
        .map(|frame| {
            let size = [frame.width as usize, frame.height as usize];
            let image = egui::ColorImage::from_rgba_premultiplied(size, &frame.rgba);
            (context.load_texture(&name, image, egui::TextureOptions::LINEAR), frame.milliseconds)
        })
        .collect()
}

/// The frame of an animation that is due now; the next one asks for its repaint.
fn frame_now<'a>(
    context: Option<&egui::Context>,
    textures: &'a [(egui::TextureHandle, u32)],
) -> Option<&'a egui::TextureHandle> {
    let total: u64 = textures.iter().map(|(_, milliseconds)| u64::from(*milliseconds)).sum();
    let context = context.filter(|context| !crate::ui::theme::is_still(context));
    let (Some(context), true) = (context, textures.len() > 1 && total > 0) else {
        return textures.first().map(|(texture, _)| texture);
    };
    let mut at = (context.input(|input| input.time) * 1000.0) as u64 % total;
    for (texture, milliseconds) in textures {
        let milliseconds = u64::from(*milliseconds);
        if at < milliseconds {
            context.request_repaint_after(std::time::Duration::from_millis(milliseconds - at));
            return Some(texture);
        }
        at -= milliseconds;
    }
    textures.first().map(|(texture, _)| texture)
}
