//! Preferences.
//!
//! Invariant: each takes effect at once, and is what the keys and menus set too.

use egui::{Id, Key, Ui};

use super::{buttons_ui, title_ui};
use crate::desk::{Animation, Command, Density, Overlay, Theme};
use crate::site::Score;
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, palette};
use crate::ui::widgets::button::{Weight, button_ui};
use crate::ui::widgets::field::{Field, edit_ui};
use crate::ui::widgets::switch::switch_ui;

/// Draws the settings.
pub fn settings_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let settings = frame.desk.settings();
    title_ui(ui, "Settings");
    let themes = [("As the system", Theme::System), ("Dark", Theme::Dark), ("Light", Theme::Light)];
    row_ui(ui, "Colours", |ui| choose_ui(ui, frame, ("Colours", &themes), settings.theme, Command::Theme));
    let densities = [("Two lines", Density::Comfortable), ("One line", Density::Compact)];
    row_ui(ui, "Rows", |ui| choose_ui(ui, frame, ("Rows", &densities), settings.density, Command::Density));
    row_ui(ui, "Size", |ui| {
        for (text, by) in [("−", -1), ("+", 1), ("Usual", 0)] {
            if button_ui(ui, text, Weight::Plain).clicked() {
                frame.send(Command::Zoom(by));
            }
        }
        ui.label(Type::BODY.rich(format!("{:.0} %", settings.zoom_factor() * 100.0)).color(palette(ui).muted));
    });
    let motions = [("As the system", Animation::System), ("Less", Animation::Less), ("Usual", Animation::Usual)];
    row_ui(ui, "Motion", |ui| {
        choose_ui(ui, frame, ("Motion", &motions), settings.motion, Command::Animation);
        let text = if frame.desk.is_still() { "nothing moves by itself" } else { "" };
        ui.label(Type::SMALL.rich(text).color(palette(ui).muted));
    });
    row_ui(ui, "After a judgement", |ui| {
        if switch_ui(ui, settings.auto_advance, "Go on to the next row after a judgement").clicked() {
            frame.send(Command::ToggleAutoAdvance);
        }
        ui.label(Type::BODY.rich("go on to the next row").color(palette(ui).text));
    });
    row_ui(ui, "Small pictures", |ui| smallest_ui(ui, frame, settings.smallest_picture));
    if let Some(state) = frame.desk.site_state() {
        row_ui(ui, "This site", |ui| {
            if switch_ui(ui, state.remote_pictures, "Load pictures from the web for this site").clicked() {
                frame.send(Command::RemotePictures(!state.remote_pictures));
            }
            ui.label(Type::BODY.rich("load pictures from the web").color(palette(ui).text));
        });
        if state.remote_pictures {
            row_ui(ui, "", |ui| {
                let name = "Load pictures from this machine and its network, too";
                if switch_ui(ui, state.private_pictures, name).clicked() {
                    frame.send(Command::PrivatePictures(!state.private_pictures));
                }
                ui.label(Type::BODY.rich("and from this machine and its network").color(palette(ui).text));
            });
        }
    }
    keys_ui(ui, frame);
    buttons_ui(ui, |ui| {
        if button_ui(ui, "Done", Weight::Main).clicked() {
            frame.send(Command::CloseOverlay);
        }
    });
}

/// Draws what can be said of keys: the presets of the scores, and where the rest is.
fn keys_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let schema = frame.desk.shown_schema().unwrap_or_default();
    for (score, name) in [(schema.heat_score(), "Heat"), (schema.second_score(), "Quality")] {
        if let Some(score) = score {
            let label = schema.field(&score.path).map_or_else(|| score.path.to_string(), |field| field.label.clone());
            let [first, last] = [1, 0].map(|at| frame.desk.key_of(&format!("{name} to preset {at}")));
            let keys = if first.is_empty() { String::new() } else { format!("{first} – {last}") };
            row_ui(ui, &format!("{label} presets"), |ui| presets_ui(ui, frame, score, &label, &keys));
        }
    }
    if !schema.scores.is_empty() {
        row_ui(ui, "", |ui| {
            if button_ui(ui, "Presets from the site anew", Weight::Plain).clicked() {
                frame.send(Command::PresetsAnew);
            }
            ui.label(Type::SMALL.rich("they stay as they are until then").color(palette(ui).muted));
        });
    }
    row_ui(ui, "Keys", |ui| {
        if button_ui(ui, "Show all keys", Weight::Plain).clicked() {
            frame.send(Command::Show(Overlay::Keys));
        }
        let text = "changed under “keys” in the site's .copydesk.yaml";
        ui.label(Type::SMALL.rich(text).color(palette(ui).muted));
    });
}

/// Draws the presets of a score as numbers in a line; they are kept when the line is left.
fn presets_ui(ui: &mut Ui, frame: &mut Frame<'_>, score: &Score, label: &str, keys: &str) {
    let said = score.presets.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let id = Id::unique(("presets", &score.path));
    let mut text: String = ui.data(|data| data.get_temp(id)).unwrap_or_else(|| said.clone());
    let wanted = numbers(&text);
    let name = format!("Presets of {label}");
    ui.scope(|ui| {
        ui.set_max_width(ui.available_width() - 70.0);
        let response =
            edit_ui(ui, id, &mut text, Field { wrong: wanted.is_none(), ..Field::line(&name) }).response.response;
        if response.has_focus() {
            ui.data_mut(|data| data.insert_temp(id, text));
        } else {
            ui.data_mut(|data| data.remove::<String>(id));
        }
        let given_up = ui.input(|input| input.key_pressed(Key::Escape));
        if let Some(presets) =
            wanted.filter(|wanted| response.lost_focus() && !given_up && !score.presets.starts_with(wanted))
        {
            frame.send(Command::Presets(score.path.clone(), presets));
        }
    });
    ui.label(Type::SMALL.rich(keys).color(palette(ui).muted));
}

/// Up to ten whole numbers, with spaces or commas between them.
fn numbers(text: &str) -> Option<Vec<i64>> {
    let parts = text.split([' ', ',']).filter(|part| !part.is_empty());
    let numbers: Vec<i64> = parts.map(|part| part.replace('−', "-").parse().ok()).collect::<Option<_>>()?;
    (1..=10).contains(&numbers.len()).then_some(numbers)
}

/// Below which width a picture is called small.
fn smallest_ui(ui: &mut Ui, frame: &mut Frame<'_>, width: u32) {
    for (text, by) in [("−", -50_i32), ("+", 50)] {
        let button = button_ui(ui, text, Weight::Plain);
        let name = if by < 0 { "Fewer pixels for a small picture" } else { "More pixels for a small picture" };
        button.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, name));
        if button.clicked() {
            let width = width.saturating_add_signed(by).min(4000);
            frame.send(Command::SmallestPicture(width));
        }
    }
    let text = match width {
        0 => "none is called small".to_owned(),
        width => format!("narrower than {width} pixels"),
    };
    ui.label(Type::BODY.rich(text).color(palette(ui).muted));
}

fn row_ui(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        let start = ui.cursor().left();
        ui.label(Type::BODY.rich(name).color(palette(ui).muted));
        ui.add_space((start + 150.0 - ui.cursor().left()).max(8.0));
        content(ui);
    });
    ui.add_space(4.0);
}

fn choose_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    frame: &mut Frame<'_>,
    (of, choices): (&str, &[(&str, T)]),
    now: T,
    command: fn(T) -> Command,
) {
    ui.spacing_mut().item_spacing.x = 4.0;
    for (text, value) in choices {
        let button = ui.add(egui::Button::new(Type::BODY.rich(*text)).selected(*value == now));
        // What is chosen twice on the page says of what it is the choice.
        ui.ctx().accesskit_node_builder(button.id, |node| node.set_description(of));
        if button.clicked() {
            frame.send(command(*value));
        }
    }
}
