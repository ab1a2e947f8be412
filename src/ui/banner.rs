//! The banner above the table: what must not go unread, with its answers.
//!
//! Invariant: it stays until it is answered, and never takes the keyboard.

use egui::{Label, Margin, Panel, Ui};

use crate::desk::toast::{articles, grouped};
use crate::desk::{Command, Notice};
use crate::ui::frame::Frame;
use crate::ui::theme::{Type, icons, palette, size};
use crate::ui::widgets::button::{Weight, button_ui};

/// Draws the banner, if there is something to ask.
pub fn banner_ui(ui: &mut Ui, frame: &mut Frame<'_>) {
    let Some(notice) = frame.desk.notice() else { return };
    let colors = palette(ui);
    let unsaved = frame.desk.changed_count();
    let (text, answers) = match &notice {
        Notice::Lost(lost, of) => {
            let kept = match unsaved {
                0 => String::new(),
                count => format!(" Your unsaved edits of {} are kept.", articles(count)),
            };
            (
                format!(
                    "{} of {} are gone or cannot be read any more. Nothing is saved until you say that this is meant.{kept}",
                    grouped(*lost),
                    articles(*of)
                ),
                vec![
                    ("Look again", Command::Rescan, Weight::Main),
                    ("They are gone on purpose", Command::AcceptLosses, Weight::Plain),
                ],
            )
        }
        Notice::Overwritten(count, fields) => (
            format!(
                "Another program overwrote saved edits of {} without having seen them: {}.",
                articles(*count),
                listed(fields)
            ),
            vec![
                ("Re-apply all", Command::AnswerOverwritten { again: true }, Weight::Main),
                ("Leave it so", Command::AnswerOverwritten { again: false }, Weight::Plain),
            ],
        ),
    };
    let ground = egui::Frame::new().fill(colors.removed).inner_margin(Margin::symmetric(size::PANE as i8, 8));
    Panel::top("banner").resizable(false).frame(ground).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(10.0, 6.0);
            ui.label(Type::ICON.rich(icons::WARNING).color(colors.danger_text));
            ui.add(Label::new(Type::BODY.rich(text).color(colors.text)).wrap());
            for (words, command, weight) in answers {
                if button_ui(ui, words, weight).clicked() {
                    frame.send(command);
                }
            }
        });
    });
}

/// A few names, and how many more.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 4;
    let first = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN { format!("{first} and {} more fields", names.len() - SHOWN) } else { first }
}
