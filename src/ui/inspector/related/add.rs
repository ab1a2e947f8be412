//! Adding a related entry: another article of the site, found by its title, or a blank one.
//!
//! Invariant: what is typed finds titles; it becomes the title of a blank entry only when that is chosen.

use egui::accesskit::Role;
use egui::{CornerRadius, Key, Modifiers, Popup, Rect, Sense, SetOpenCommand, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::Story;
use crate::catalog::{ArticleId, Catalog, Cell, ColumnKey};
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, galley, icons, line, palette, size};
use crate::ui::widgets::button::{Weight, button_with_icon_ui};
use crate::ui::widgets::field::{Field, edit_ui};
use crate::ui::widgets::logo::paint_logo;

/// How many articles are offered at once.
const OFFERED: usize = 7;
const WIDTH: f32 = 380.0;
const ROW: f32 = 40.0;

/// What is to be added.
pub enum Added {
    /// This article of the site.
    Article(ArticleId),
    /// An entry with this title.
    Blank(String),
}

/// What the list remembers while it is open.
#[derive(Default)]
pub struct AddState {
    typed: String,
    /// The field has not got the keyboard yet: in the first frame of a list it cannot take it.
    wants_focus: bool,
    at: usize,
    /// What was found, for which text and which articles.
    found: Vec<ArticleId>,
    asked: Option<(String, u64)>,
}

/// Draws the button that adds, and the list it opens. `focus`: it takes the keyboard.
pub fn add_ui(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    story: Story<'_>,
    state: &mut AddState,
    focus: bool,
) -> Option<Added> {
    let button = button_with_icon_ui(ui, Some(icons::ADD), "add", None, Weight::Bare);
    let label = "Add a related entry";
    button.widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
    if focus {
        button.request_focus();
        button.scroll_to_me(None);
    }
    let opens = button.clicked();
    if opens {
        *state = AddState { wants_focus: true, ..AddState::default() };
    }
    let button = button.on_hover_text("An article of this site, or a blank entry");
    let shown = Popup::menu(&button)
        .open_memory(opens.then_some(SetOpenCommand::Toggle))
        .gap(4.0)
        .width(WIDTH)
        .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_width(WIDTH);
            let added = list_ui(ui, frame, story, state);
            if added.is_some() {
                ui.close();
            }
            added
        });
    shown.and_then(|shown| shown.inner)
}

fn list_ui(ui: &mut Ui, frame: &mut Frame<'_>, story: Story<'_>, state: &mut AddState) -> Option<Added> {
    let moved = ui.input_mut(|input| {
        input.count_and_consume_key(Modifiers::NONE, Key::ArrowDown) as isize
            - input.count_and_consume_key(Modifiers::NONE, Key::ArrowUp) as isize
    });
    let look = Field { placeholder: "find an article by its title", ..Field::line("Find an article to add") };
    let id = ui.make_persistent_id("find an article");
    let response = edit_ui(ui, id, &mut state.typed, look).response.response;
    if state.wants_focus && ui.is_enabled() {
        response.request_focus();
        state.wants_focus = !response.has_focus();
    }
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let catalog = frame.desk.catalog()?;
    find(catalog, story, state);
    let count = state.found.len() + 1;
    state.at = state.at.saturating_add_signed(moved).min(count - 1);
    ui.add_space(4.0);
    if state.typed.trim().is_empty() && !state.found.is_empty() {
        ui.label(Type::SMALL.rich("Titles like this one").color(palette(ui).muted));
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut chosen = None;
    for (at, id) in state.found.iter().enumerate() {
        if article_ui(ui, frame, *id, at == state.at) {
            chosen = Some(Added::Article(*id));
        }
    }
    let is_last = state.at == state.found.len();
    if blank_ui(ui, state.typed.trim(), is_last) {
        chosen = Some(Added::Blank(state.typed.trim().to_owned()));
    }
    chosen.or_else(|| {
        entered.then(|| match state.found.get(state.at) {
            Some(id) => Added::Article(*id),
            None => Added::Blank(state.typed.trim().to_owned()),
        })
    })
}

/// Looks again where another text stands there, or other articles are known.
fn find(catalog: &Catalog, story: Story<'_>, state: &mut AddState) {
    let question = (state.typed.trim().to_owned(), catalog.version());
    if state.asked.as_ref() == Some(&question) {
        return;
    }
    let known: Vec<&str> = story.article.related_cards().iter().map(|card| card.title).collect();
    let wanted = |id: ArticleId| !known.contains(&catalog.title(id));
    state.found = if question.0.is_empty() {
        catalog.titled_like(story.id, OFFERED, &wanted)
    } else {
        catalog.titled(&question.0, story.id, OFFERED, &wanted)
    };
    state.at = 0;
    state.asked = Some(question);
}

fn row_ui(ui: &mut Ui, name: &str, height: f32, chosen: bool) -> (Rect, bool) {
    let colors = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::CLICK);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, name));
    if chosen || response.hovered() {
        let fill = if chosen { colors.selection } else { colors.hover };
        ui.painter().rect_filled(rect, CornerRadius::same(size::ROUND), fill);
    }
    (rect, response.clicked())
}

fn article_ui(ui: &mut Ui, frame: &mut Frame<'_>, id: ArticleId, chosen: bool) -> bool {
    let colors = palette(ui);
    let Some(catalog) = frame.desk.catalog() else { return false };
    let schema = frame.desk.schema_of(id);
    let title = catalog.title(id).to_owned();
    let text =
        |path: Option<crate::document::FieldPath>| match path.map(|path| catalog.cell(id, &ColumnKey::Field(path))) {
            Some(Cell::Text(text)) => text.to_owned(),
            _ => String::new(),
        };
    let of_provider = |key: &str| text(schema.provider.as_ref().map(|path| path.child(key)));
    let (name, domain) = (of_provider("name"), of_provider("domain"));
    let when = catalog.date(id).and_then(|when| chrono::DateTime::from_timestamp(when, 0));
    let quality = schema.quality.as_ref().map(|path| catalog.cell(id, &ColumnKey::Field(path.clone())));
    let quality = quality.filter(|cell| matches!(cell, Cell::Number(_))).map(|cell| format!("quality {cell}"));
    let parts = [Some(name.clone()), when.map(|when| when.format("%d %b %Y").to_string()), quality];
    let second = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ·  ");
    let (rect, clicked) = row_ui(ui, &format!("Add “{title}”"), ROW, chosen);
    let left = rect.left() + 8.0;
    let title = galley(ui.painter(), &title, Type::BODY, colors.text, rect.width() - 16.0);
    ui.painter().galley(pos2(left, rect.top() + 12.0 - title.size().y / 2.0), title, colors.text);
    let logo = Rect::from_min_size(pos2(left, rect.top() + 21.0), Vec2::splat(size::LOGO));
    let has_provider = !name.is_empty() || !domain.is_empty();
    if has_provider {
        let texture = frame.logo(ui, &name, &domain);
        paint_logo(ui.painter(), colors, logo, texture, if name.is_empty() { &domain } else { &name });
    }
    let ink = colors.muted_on(chosen);
    let left = if has_provider { logo.right() + 5.0 } else { left };
    let second = galley(ui.painter(), &second, Type::SMALL, ink, rect.right() - left - 8.0);
    ui.painter().galley(pos2(left, logo.center().y - second.size().y / 2.0), second, ink);
    clicked
}

fn blank_ui(ui: &mut Ui, typed: &str, chosen: bool) -> bool {
    let colors = palette(ui);
    let name = if typed.is_empty() { "Blank entry".to_owned() } else { format!("Blank entry “{typed}”") };
    let (rect, clicked) = row_ui(ui, &name, size::CONTROL, chosen);
    let sign = line(ui.painter(), icons::NOTE_ADD.encode_utf8(&mut [0; 4]), Type::ICON_SMALL, colors.muted);
    let at = pos2(rect.left() + 8.0, rect.center().y - sign.size().y / 2.0);
    ui.painter().galley(at, sign, colors.text);
    let text = galley(ui.painter(), &name, Type::BODY, colors.text, rect.width() - 36.0);
    ui.painter().galley(pos2(rect.left() + 27.0, rect.center().y - text.size().y / 2.0), text, colors.text);
    clicked
}
