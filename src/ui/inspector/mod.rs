//! The inspector: the article under the cursor as a form, as a reader sees it, as a file, and what is pending.
//!
//! Invariant: with several articles selected the form edits all of them, and says how many.

pub mod add_field;
mod body;
mod bulk;
mod changes;
mod common;
mod fields;
mod form;
pub mod lead_picture;
pub mod page_picture;
pub mod preview;
pub mod reading;
mod related;
mod remote_bar;
mod scores;
mod source;

pub use related::is_focused as is_related_focused;

use egui::accesskit::Role;
use egui::{Align, Layout, Rect, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::catalog::ArticleId;
use crate::desk::{Command, Pane, Tab};
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, line, palette, size};
use crate::ui::widgets::empty::empty_ui;
use crate::ui::widgets::{focus_ring, keep_focus_in_view};

/// What the inspector remembers between frames.
#[derive(Default)]
pub struct InspectorState {
    article: Option<ArticleId>,
    focus_asked: u64,
    source: source::SourceState,
    changes: changes::ChangesState,
    form: form::FormState,
    bulk: bulk::BulkState,
}

const TABS: [(Tab, &str); 4] =
    [(Tab::Edit, "Edit"), (Tab::Preview, "Preview"), (Tab::Source, "Source"), (Tab::Changes, "Changes")];

/// Draws the inspector.
pub fn inspector_ui(ui: &mut Ui, frame: &mut Frame<'_>, state: &mut InspectorState) {
    let tab = frame.desk.site_state().map_or(Tab::Edit, |state| state.tab);
    tabs_ui(ui, frame, tab);
    remote_bar::remote_bar_ui(ui, frame);
    if state.article != frame.desk.cursor() {
        state.article = frame.desk.cursor();
        state.form.picture = 0;
    }
    let request = frame.desk.focus_request();
    let asked = (request.serial != state.focus_asked).then_some(request.pane);
    state.focus_asked = request.serial;
    if tab == Tab::Changes {
        return scroll_ui(ui, "changes", |ui| changes::changes_ui(ui, frame, &mut state.changes));
    }
    let Some(article) = frame.desk.cursor() else {
        empty_ui(ui, icons::ARTICLE, "No article selected", "Choose a row of the table.", None);
        return;
    };
    if frame.desk.target_count() > 1 && tab == Tab::Edit {
        return scroll_ui(ui, "bulk", |ui| bulk::bulk_ui(ui, frame, &mut state.bulk));
    }
    match tab {
        Tab::Edit => scroll_ui(ui, ("form", article.0), |ui| {
            form::form_ui(
                ui,
                frame,
                article,
                &mut state.form,
                asked.filter(|pane| matches!(pane, Pane::Form | Pane::Related)),
            );
        }),
        Tab::Preview => {
            scroll_ui(ui, ("preview", article.0), |ui| preview::preview_ui(ui, frame, article));
        }
        Tab::Source => source::source_ui(ui, frame, article, &mut state.source),
        Tab::Changes => {}
    }
}

fn scroll_ui(ui: &mut Ui, salt: impl egui::AsIdSalt, content: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().id_salt(salt).auto_shrink(false).show(ui, |ui| {
        egui::Frame::new().inner_margin(egui::Margin { left: 16, right: 16, top: 12, bottom: 16 }).show(ui, |ui| {
            ui.set_width(ui.available_width());
            content(ui);
            keep_focus_in_view(ui);
        });
    });
}

fn tabs_ui(ui: &mut Ui, frame: &mut Frame<'_>, shown: Tab) {
    let colors = palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), size::HEADER), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, colors.line));
    let mut child = ui.new_child(
        egui::UiBuilder::new()
            .max_rect(rect.shrink2(vec2(size::PANE - 6.0, 0.0)))
            .layout(Layout::left_to_right(Align::Center)),
    );
    child.spacing_mut().item_spacing.x = 6.0;
    let changed = frame.desk.changed_count();
    for (tab, name) in TABS {
        let text = if tab == Tab::Changes && changed > 0 { format!("{name} {changed}") } else { name.to_owned() };
        if tab_ui(&mut child, &text, tab == shown).clicked() {
            frame.send(Command::Tab(tab));
        }
    }
    ui.add_space(-ui.spacing().item_spacing.y);
}

fn tab_ui(ui: &mut Ui, text: &str, shown: bool) -> egui::Response {
    let colors = palette(ui);
    let ink = if shown { colors.text } else { colors.muted };
    let text_galley = line(ui.painter(), text, Type::HEAD, ink);
    let (rect, response) = ui.allocate_exact_size(vec2(text_galley.size().x + 12.0, size::HEADER), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, shown, text));
    let ink = if response.hovered() { colors.text } else { ink };
    ui.painter().galley_with_override_text_color(rect.center() - text_galley.size() / 2.0, text_galley, ink);
    if shown {
        let under =
            Rect::from_min_max(pos2(rect.left() + 6.0, rect.bottom() - 2.0), pos2(rect.right() - 6.0, rect.bottom()));
        ui.painter().rect_filled(under, 0.0, colors.accent);
    }
    focus_ring(ui, &response, 3);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}
