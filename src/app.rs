//! The window: owns desk, runner, pictures and panes.
//!
//! Invariant: events are taken in `logic`, keys and clicks in `ui`; every change of the desk goes through `obey` or `take_in`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui;

use crate::desk::{Command, Desk, Effect, Event, Overlay, Pane, Phase, receiver};
use crate::jobs::{Outside, Runner, Services};
use crate::site::kind::images::{ENDINGS, is_picture};
use crate::storage::{StateFolder, StorageError};
use crate::ui::widgets::field::LONGEST;
use crate::ui::{self, Panes};

/// How long events may be taken in before the next frame is drawn.
const EVENTS_BUDGET: Duration = Duration::from_millis(6);

/// What the window opens with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Opening {
    /// The site that was open last, or the welcome screen.
    #[default]
    Last,
    /// The welcome screen.
    Welcome,
    /// This site.
    Site(PathBuf),
    /// A copy of the sample site.
    Sample,
}

/// The desk in its window.
pub struct App {
    desk: Desk,
    runner: Runner,
    panes: Panes,
    title: String,
    quitting: bool,
    /// Keys that wait for a field that holds back what is typed.
    keys: ui::held::Waiting,
    /// The window is to be closed, once what is typed in it is told.
    leaving: bool,
    /// Which opening of a site is shown.
    generation: Option<u64>,
}

impl App {
    /// The app on this egui context, with the user's own settings and journal.
    ///
    /// # Errors
    /// When the user's folders for settings and journal cannot be made.
    pub fn new(ctx: &egui::Context, opening: Opening) -> Result<Self, StorageError> {
        let app = Self::with_state(ctx, opening, StateFolder::for_user()?);
        app.runner.follow_system();
        Ok(app)
    }

    /// The app with its settings and journal in this folder: for tests, which make it as the window does.
    #[must_use]
    pub fn with_state(ctx: &egui::Context, opening: Opening, state: StateFolder) -> Self {
        Self::with_outside(ctx, opening, state, outside())
    }

    /// The same with other dialogs than the system's, and another program as helper.
    #[must_use]
    pub fn with_outside(ctx: &egui::Context, opening: Opening, state: StateFolder, outside: Outside) -> Self {
        ui::theme::install(ctx);
        let wake = ctx.clone();
        let services = Services { wake: Arc::new(move || wake.request_repaint()), outside };
        let runner = Runner::new(state, services);
        let desk = Desk::new(runner.settings());
        let (panes, title, keys) = (Panes::default(), String::new(), ui::held::Waiting::default());
        let mut app = Self { desk, runner, panes, title, keys, quitting: false, leaving: false, generation: None };
        let command = match opening {
            Opening::Welcome => None,
            Opening::Last => app.runner.last_site(app.desk.settings()).map(Command::Open),
            Opening::Site(root) => Some(Command::Open(root)),
            Opening::Sample => Some(Command::OpenSample),
        };
        if let Some(command) = command {
            app.obey(ctx, command);
        }
        app
    }

    /// What the app knows, for tests and for whoever embeds it.
    #[must_use]
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Whether all pictures on screen are there, for tests that look at them.
    #[must_use]
    pub fn has_all_pictures(&self) -> bool {
        self.panes.pictures.is_complete()
    }

    /// Whether the last frame had every picture that it had a place for, for tests of what is ready in time.
    #[must_use]
    pub fn shows_all_pictures(&self) -> bool {
        self.panes.pictures.is_all_shown()
    }

    /// Bytes of the pictures that are held for the screen, for those who measure.
    #[must_use]
    pub fn picture_bytes(&self) -> usize {
        self.panes.pictures.bytes()
    }

    /// The one place where the window changes the desk.
    fn obey(&mut self, ctx: &egui::Context, command: Command) {
        let effects = self.desk.apply(command);
        self.carry_out(ctx, effects);
    }

    fn take_in(&mut self, ctx: &egui::Context, event: Event) {
        if let Event::PicturesSeen { changed, .. } = &event {
            self.panes.pictures.files_changed(&changed.iter().map(|path| path.as_str().to_owned()).collect());
        }
        let effects = self.desk.receive(event);
        self.carry_out(ctx, effects);
    }

    fn carry_out(&mut self, ctx: &egui::Context, effects: Vec<Effect>) {
        let mut rest = Vec::with_capacity(effects.len());
        for effect in effects {
            match effect {
                Effect::Copy(text) => ctx.copy_text(text),
                Effect::Quit => {
                    self.quitting = true;
                    ctx.send_viewport_cmd(egui::ViewportCommand::Close);
                }
                effect => {
                    match effect {
                        Effect::Scan { generation, .. } if self.generation == Some(generation) => {
                            self.panes.pictures.clear();
                        }
                        Effect::Scan { generation, .. } => {
                            self.generation = Some(generation);
                            self.panes.leave_site(ctx);
                        }
                        Effect::Close => self.panes.leave_site(ctx),
                        _ => {}
                    }
                    rest.push(effect);
                }
            }
        }
        self.runner.run(rest);
    }

    /// Names the window by its site.
    fn follow_title(&mut self, ctx: &egui::Context) {
        let title = self.desk.site().map_or_else(|| "copydesk".to_owned(), |site| format!("{} · copydesk", site.name));
        if title != self.title {
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    /// A window that is closed with unsaved edits asks first; they would be in the journal all the same.
    fn watch_the_door(&mut self, ctx: &egui::Context) {
        if self.quitting || !ctx.input(|input| input.viewport().close_requested()) {
            return;
        }
        // A field that holds back what is typed is left first.
        if ui::held::is_held(ctx) {
            self.leaving = true;
            return ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
        }
        self.leave(ctx);
    }

    fn leave(&mut self, ctx: &egui::Context) {
        if self.panes.is_wrong() {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.obey(
                ctx,
                Command::Tell("What is typed in a cell is no value of it: correct it, or Esc gives it up".to_owned()),
            );
        } else if let Some((article, text)) = ui::untaken::to_be_told(ctx) {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.obey(ctx, Command::GoTo(article));
            self.obey(ctx, Command::Tell(text));
        } else if self.desk.changed_count() + self.desk.waiting_count() > 0 {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.obey(ctx, Command::Show(Overlay::ConfirmQuit));
        } else {
            self.obey(ctx, Command::Quit);
        }
    }

    /// Pictures that are dropped become pictures of the article that is selected; anything else is a site to open. Where on the
    /// window they were dropped, the system does not tell.
    fn take_drops(&mut self, ctx: &egui::Context) {
        let files: Vec<PathBuf> =
            ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        let is_site_open = *self.desk.phase() == Phase::Open;
        let command = match files.first() {
            None => return,
            Some(_) if is_site_open && files.iter().all(|file| is_picture(&file.to_string_lossy())) => {
                receiver(&self.desk).map_or_else(
                    || Command::Tell("Select one article to add pictures to it".to_owned()),
                    |(article, at)| Command::BringPictures { article, at, files },
                )
            }
            Some(first) => Command::Open(first.clone()),
        };
        self.obey(ctx, command);
    }

    /// A text that no field could show is not pasted into one: it would take a hundred times its size in memory.
    fn refuse_floods(&mut self, ctx: &egui::Context) {
        let is_flood = |event: &egui::Event| matches!(event, egui::Event::Paste(text) if text.len() > LONGEST);
        if ctx.input(|input| input.events.iter().any(is_flood)) {
            ctx.input_mut(|input| input.events.retain(|event| !is_flood(event)));
            self.obey(ctx, Command::Tell("Not pasted: the text is longer than any field takes".to_owned()));
        }
    }

    fn order_pictures(&mut self) {
        let state = self.desk.site_state();
        let (web, private) = state.map_or((false, false), |state| (state.remote_pictures, state.private_pictures));
        self.runner.allow_pictures(web, private);
        if let Some(orders) = self.panes.pictures.orders() {
            self.runner.order_pictures(orders);
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _: &mut eframe::Frame) {
        self.watch_the_door(ctx); // first: a wish to close is told in one frame only, whatever else comes in it
        let start = Instant::now();
        while let Some(event) = self.runner.next_event() {
            self.take_in(ctx, event);
            if start.elapsed() > EVENTS_BUDGET {
                return ctx.request_repaint(); // the rest in the next frame
            }
        }
        while let Some(delivered) = self.runner.next_picture() {
            self.panes.pictures.deliver(delivered);
        }
    }

    /// Only the window's place and size outlive it. What egui knows in between holds moments of this process's clock: a row that
    /// was still being scrolled to when the window closed kept the next one from scrolling, and drawing without end, until its
    /// clock had come as far.
    fn persist_egui_memory(&self) -> bool {
        false
    }

    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        self.follow_title(&ctx);
        self.take_drops(&ctx);
        self.refuse_floods(&ctx);
        self.keys.begin(&ctx, |event| ui::keys::is_for_desk(event, &self.desk));
        while let Some(command) = ui::keys::next_command(&ctx, &self.desk, ui::table::focus_id(), self.panes.beside()) {
            // A pane that takes the keyboard gets the keys that follow, even in the same frame.
            let is_for_panes = matches!(command, Command::Focus(pane) if pane != Pane::Table);
            self.obey(&ctx, command); // before drawing: a key shows in this frame
            if is_for_panes {
                break;
            }
        }
        for command in ui::panes_ui(ui, &self.desk, &mut self.panes) {
            self.obey(&ctx, command); // after drawing: a click shows in the next
            ctx.request_repaint();
        }
        self.keys.end(&ctx);
        if self.leaving && !ui::held::let_go(&ctx) {
            self.leaving = false;
            self.leave(&ctx);
        }
        ui::keys::settle(&ctx, &self.desk, ui::table::focus_id());
        self.order_pictures();
    }
}

/// The system's dialogs, and the program that runs.
fn outside() -> Outside {
    let program = std::env::current_exe();
    if let Err(error) = &program {
        log::warn!("Big pictures are not shown, since our own program was not found: {error}");
    }
    Outside { folder: pick_folder, pictures: pick_pictures, page: open_page, program: program.ok() }
}

/// Asks the system for a folder.
fn pick_folder() -> Option<PathBuf> {
    rfd::FileDialog::new().set_title("Open a site").pick_folder()
}

/// Asks the system for picture files.
fn pick_pictures(folder: &Path) -> Vec<PathBuf> {
    let dialog = rfd::FileDialog::new().set_title("Add pictures").add_filter("Pictures", &ENDINGS);
    dialog.set_directory(folder).pick_files().unwrap_or_default()
}

/// Shows a page in the browser.
fn open_page(address: &str) -> std::io::Result<()> {
    webbrowser::open(address)
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// With what the window system said, a line for each way that was tried.
pub fn run(opening: &Opening) -> Result<(), String> {
    let mut reasons = Vec::new();
    for renderer in renderers() {
        match open_window(*renderer, opening.clone()) {
            Ok(()) => return Ok(()),
            Err(error) => {
                log::warn!("{renderer:?}: {error}");
                reasons.push(format!("{renderer:?}: {error}"));
            }
        }
    }
    Err(reasons.join("\n"))
}

/// The renderers to try, in order; on Linux GL first, for it takes a fifth of the CPU where graphics are in software.
fn renderers() -> &'static [eframe::Renderer] {
    use eframe::Renderer;
    #[cfg(target_os = "linux")]
    {
        match std::env::var("COPYDESK_RENDERER").as_deref() {
            Ok("wgpu") => &[Renderer::Wgpu],
            Ok("glow") => &[Renderer::Glow],
            _ => &[Renderer::Glow, Renderer::Wgpu],
        }
    }
    #[cfg(not(target_os = "linux"))]
    {
        &[Renderer::Wgpu]
    }
}

fn open_window(renderer: eframe::Renderer, opening: Opening) -> eframe::Result {
    let viewport = egui::ViewportBuilder::default()
        .with_title("copydesk")
        .with_app_id("io.github.copydesk")
        .with_icon(icon())
        .with_inner_size([1440.0, 900.0])
        .with_min_inner_size([900.0, 600.0]);
    let persistence_path = StateFolder::for_user().ok().map(|folder| folder.window());
    let options = eframe::NativeOptions { renderer, viewport, persistence_path, ..Default::default() };
    let make = move |cc: &eframe::CreationContext<'_>| -> Result<Box<dyn eframe::App>, _> {
        Ok(Box::new(App::new(&cc.egui_ctx, opening)?))
    };
    eframe::run_native("copydesk", options, Box::new(make))
}

/// The app's icon; none where its bytes cannot be read.
fn icon() -> egui::IconData {
    eframe::icon_data::from_png_bytes(include_bytes!("../assets/icon-256.png")).unwrap_or_default()
}
