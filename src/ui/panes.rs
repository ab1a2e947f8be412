//! All panes of the window, and what they remember between frames.
//!
//! Invariant: what is remembered here only the eye sees; it may be lost at any time.

use egui::panel::PanelState;
use egui::{
    Align, Area, CentralPanel, Context, EventFilter, Id, IdSalt, Key, Label, Layout, Margin, Modifiers, Order, Panel,
    Pos2, Rangef, Rect, Stroke, StrokeKind, Ui, UiBuilder, vec2,
};

use crate::desk::{Command, Desk, Overlay, Pane, Phase, receiver};
use crate::site::kind::images::is_picture;
use crate::ui::frame::Frame;
use crate::ui::inspector::InspectorState;
use crate::ui::palette::PaletteState;
use crate::ui::pictures::Pictures;
use crate::ui::sidebar::{SidebarState, sidebar_ui};
use crate::ui::table::TableUiState;
use crate::ui::theme::{Type, palette, set_motion, size};
use crate::ui::top_bar::TopBarState;
use crate::ui::untaken;
use crate::ui::welcome::WelcomeState;
use crate::ui::widgets::fixed_ui;
use crate::ui::{
    banner, compare, conflicts, dialogs, inspector, keys_sheet, palette as commands, quick_look, status_bar, table,
    toasts, top_bar, welcome,
};

/// What the panes remember.
#[derive(Default)]
pub struct Panes {
    /// The pictures on screen.
    pub pictures: Pictures,
    top_bar: TopBarState,
    sidebar: SidebarState,
    table: TableUiState,
    inspector: InspectorState,
    palette: PaletteState,
    dialogs: dialogs::DialogState,
    toasts: toasts::ToastState,
    welcome: WelcomeState,
}

impl Panes {
    /// Whether something is typed that is no value of its field, and that would be lost with the window.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        self.table.is_wrong()
    }

    /// Another site is opened, or none: nothing that is drawn of this one stays.
    pub fn leave_site(&mut self, ctx: &egui::Context) {
        untaken::forget_all(ctx);
        self.pictures.clear();
        self.table.forget_cell();
    }

    /// How many pictures are beside each other in the contact sheet.
    #[must_use]
    pub fn beside(&self) -> usize {
        self.table.beside()
    }
}

/// Draws the window; gives what the editor wants, in order.
pub fn panes_ui(ui: &mut Ui, desk: &Desk, panes: &mut Panes) -> Vec<Command> {
    prepare(ui, desk, panes);
    let Panes { pictures, top_bar, sidebar, table, inspector, palette, dialogs, toasts, welcome } = panes;
    let mut frame = Frame { desk, pictures, commands: Vec::new() };
    // What lies over the desk lies between it and the pointer, from the very frame in which a key opens it: a tooltip that was
    // open would else stay, and above all.
    let pointer = desk.overlay().map(|_| ui.input_mut(|input| std::mem::take(&mut input.pointer)));
    if *desk.phase() == Phase::Open {
        desk_ui(ui, &mut frame, top_bar, sidebar, table, inspector);
    } else {
        CentralPanel::no_frame().show(ui, |ui| welcome::welcome_ui(ui, &mut frame, welcome));
    }
    if let Some(pointer) = pointer {
        ui.input_mut(|input| input.pointer = pointer);
    }
    match desk.overlay() {
        None => {}
        Some(Overlay::Palette) => commands::palette_ui(ui, &mut frame, palette),
        Some(Overlay::Keys) => keys_sheet::keys_sheet_ui(ui, &mut frame),
        Some(Overlay::QuickLook) => quick_look::quick_look_ui(ui, &mut frame),
        Some(Overlay::Compare) => compare::compare_ui(ui, &mut frame),
        Some(Overlay::Conflicts) => conflicts::conflicts_ui(ui, &mut frame),
        Some(overlay) => dialogs::dialog_ui(ui, &mut frame, overlay, dialogs),
    }
    if desk.overlay() != Some(&Overlay::Palette) {
        palette.close();
    }
    if desk.overlay().is_none() {
        dialogs.close();
    }
    toasts::toasts_ui(ui, &mut frame, toasts);
    drop_hint_ui(ui, desk);
    frame.commands
}

fn prepare(ctx: &Context, desk: &Desk, panes: &mut Panes) {
    let preference = match desk.is_dark() {
        None => egui::ThemePreference::System,
        Some(true) => egui::ThemePreference::Dark,
        Some(false) => egui::ThemePreference::Light,
    };
    if ctx.options(|options| options.theme_preference) != preference {
        ctx.set_theme(preference);
        // What was begun in this frame has the colours of before.
        ctx.request_repaint();
    }
    let zoom = desk.settings().zoom_factor();
    if (ctx.zoom_factor() - zoom).abs() > 0.001 {
        ctx.set_zoom_factor(zoom);
    }
    panes.pictures.allow_remote(desk.site_state().is_some_and(|state| state.remote_pictures));
    panes.pictures.allow_private(desk.site_state().is_some_and(|state| state.private_pictures));
    set_motion(ctx, desk.is_still());
    panes.pictures.begin_frame(ctx);
}

/// While something is held over the window, says what comes of dropping it.
fn drop_hint_ui(ui: &Ui, desk: &Desk) {
    let held = ui.input(|input| input.raw.hovered_files.clone());
    if held.is_empty() {
        return;
    }
    let picture = |file: &egui::HoveredFile| file.path.as_ref().is_some_and(|path| is_picture(&path.to_string_lossy()));
    let hint = if *desk.phase() == Phase::Open && held.iter().all(picture) {
        let title = receiver(desk).and_then(|(article, _)| Some(desk.catalog()?.title(article).to_owned()));
        title.map_or_else(
            || "Select one article to add pictures to it".to_owned(),
            |title| format!("Drop to add to “{title}”"),
        )
    } else {
        "Drop a folder to open it as a site".to_owned()
    };
    let colors = palette(ui);
    let area = ui.ctx().content_rect();
    Area::new(Id::unique("drop hint")).order(Order::Tooltip).fixed_pos(area.min).show(ui.ctx(), |ui| {
        ui.painter().rect_filled(area, 0.0, colors.background.gamma_multiply(0.85));
        let edge = (f32::from(size::ROUND), Stroke::new(2.0, colors.accent));
        ui.painter().rect_stroke(area.shrink(size::PANE), edge.0, edge.1, StrokeKind::Inside);
        ui.put(area.shrink(size::PANE * 4.0), Label::new(Type::HEADLINE.rich(hint).color(colors.text)).wrap());
    });
}

/// Draws the panes from the left to the right and from above to below, for that is the order in which Tab goes through them.
/// Room for those at the edges is taken before the table gets what is left.
fn desk_ui(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    top_bar: &mut TopBarState,
    sidebar: &mut SidebarState,
    table: &mut TableUiState,
    inspector: &mut InspectorState,
) {
    let colors = palette(ui);
    let ground = egui::Frame::new().fill(colors.panel);
    let width = ui.available_width();
    let Widths { sidebar: sidebar_width, inspector: inspector_width } = Widths::of(frame.desk, width);
    top_bar::top_bar_ui(ui, frame, top_bar);
    let status_place = place_of(ui, status_bar::panel(ui));
    banner::banner_ui(ui, frame);
    if let Some(wide) = sidebar_width {
        let panel = wide.panel(ui, Panel::left(SIDEBAR), SIDEBAR).frame(ground);
        panel.show(ui, |ui| fixed_ui(ui, |ui| sidebar_ui(ui, frame, sidebar)));
        edge_ui(ui, frame, SIDEBAR, (Pane::Sidebar, 1.0), wide);
    }
    let inspector_place = inspector_width.map(|wide| {
        let panel = wide.panel(ui, Panel::right(INSPECTOR), INSPECTOR).frame(ground.inner_margin(Margin::ZERO));
        (wide, place_of(ui, panel))
    });
    CentralPanel::no_frame().show(ui, |ui| {
        ui.set_min_width(size::PANE);
        table::table_ui(ui, frame, table);
    });
    if let Some((wide, place)) = inspector_place {
        in_place_ui(ui, place, "in the inspector", |ui| inspector::inspector_ui(ui, frame, inspector));
        edge_ui(ui, frame, INSPECTOR, (Pane::Form, -1.0), wide);
    }
    in_place_ui(ui, status_place, "in the status bar", |ui| {
        status_bar::status_bar_ui(ui, frame, table.headers());
    });
}

const SIDEBAR: &str = "sidebar";
const INSPECTOR: &str = "inspector";

/// How wide a pane is, and within which bounds its edge can be moved.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Wide {
    now: f32,
    range: Rangef,
}

/// The widths of the panes beside the table; nothing where one is hidden, or has no room.
struct Widths {
    sidebar: Option<Wide>,
    inspector: Option<Wide>,
}

impl Widths {
    /// As they are remembered for this site, else as usual; the table keeps the room that it needs in a window so wide.
    fn of(desk: &Desk, window: f32) -> Self {
        let state = desk.site_state();
        let is_small = window < 1200.0;
        let has_inspector = state.is_none_or(|state| state.inspector) && window >= 620.0;
        let has_sidebar = state.is_none_or(|state| state.sidebar) && window >= 760.0;
        let beside = if has_inspector { 320.0 } else { 0.0 };
        let sidebar = has_sidebar.then(|| {
            let usual = if is_small { 176.0 } else { 207.0 };
            let range = Rangef::new(140.0, (window - beside - 300.0).clamp(140.0, 420.0));
            Wide::new(state.and_then(|state| state.sidebar_width), usual, range)
        });
        let inspector = has_inspector.then(|| {
            let usual = if is_small { 332.0 } else { 423.0 };
            let rest = window - sidebar.map_or(0.0, |wide| wide.now) - 440.0;
            Wide::new(
                state.and_then(|state| state.inspector_width),
                usual,
                Rangef::new(300.0, rest.clamp(320.0, 900.0)),
            )
        });
        Self { sidebar, inspector }
    }
}

impl Wide {
    fn new(remembered: Option<u16>, usual: f32, range: Rangef) -> Self {
        Self { now: range.clamp(remembered.map_or(usual, f32::from)), range }
    }

    /// The panel with this width: what the window library remembers of it for all sites does not count.
    fn panel(self, ui: &Ui, panel: Panel, salt: &str) -> Panel {
        let outer_rect = Rect::from_min_size(Pos2::ZERO, vec2(self.now, 1.0));
        let id = panel_id(ui, salt);
        ui.data_mut(|data| data.insert_persisted(id, PanelState { outer_rect }));
        panel.size_range(self.range)
    }
}

fn panel_id(ui: &Ui, salt: &str) -> Id {
    ui.scope_id().with_salt(IdSalt::new(salt))
}

/// Draws an empty pane; gives the room in it.
fn place_of(ui: &mut Ui, panel: Panel) -> Rect {
    panel
        .show(ui, |ui| {
            let place = ui.available_rect_before_wrap();
            ui.advance_cursor_after_rect(place);
            place
        })
        .inner
}

/// How far an arrow key moves the edge of a pane.
const STEP: f32 = 16.0;

/// The edge of a pane, which grows to the right (1) or to the left (−1): it is seen when it has the keyboard, and arrows move it
/// then. Where it was moved, by whatever means, is remembered with the site when it is let go.
fn edge_ui(ui: &Ui, frame: &mut Frame<'_>, salt: &str, (pane, grows): (Pane, f32), wide: Wide) {
    let id = panel_id(ui, salt);
    let (handle, state) = (ui.ctx().read_response(id.with("__resize")), PanelState::load(ui, id));
    let Some((handle, state)) = handle.zip(state) else { return };
    // While it is dragged the panel keeps the width of before in mind.
    let mut width = state.size().x;
    if handle.has_focus() {
        ui.painter().vline(handle.rect.center().x, handle.rect.y_range(), Stroke::new(2.0, palette(ui).accent));
        let arrows = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(handle.id, arrows));
        let steps = ui.input_mut(|input| {
            input.count_and_consume_key(Modifiers::NONE, Key::ArrowRight) as f32
                - input.count_and_consume_key(Modifiers::NONE, Key::ArrowLeft) as f32
        });
        width = wide.range.clamp(width + grows * STEP * steps);
    }
    if (width - wide.now).abs() >= 1.0 {
        frame.send(Command::PaneWidth(pane, width.round() as u16));
    }
}

/// Draws what stands in a pane whose room was taken before.
fn in_place_ui(ui: &mut Ui, place: Rect, name: &str, content: impl FnOnce(&mut Ui)) {
    let mut child = ui.new_child(UiBuilder::new().max_rect(place).layout(Layout::top_down(Align::Min)).id_salt(name));
    child.set_clip_rect(place.intersect(ui.clip_rect()));
    content(&mut child);
}
