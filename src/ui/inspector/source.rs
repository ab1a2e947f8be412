//! The file itself, with line numbers; front matter in colours.
//!
//! Invariant: only the lines on screen are laid out, so a long file costs what is seen of it.

use egui::text::LayoutJob;
use egui::{Color32, ScrollArea, Sense, Ui, pos2, vec2};

use crate::catalog::ArticleId;
use crate::desk::Command;
use crate::document::Document;
use crate::ui::frame::Frame;
use crate::ui::show::{beginning, bytes};
use crate::ui::theme::{Palette, Type, icons, line, palette, size};
use crate::ui::widgets::button::icon_button_ui;
use crate::ui::widgets::empty::empty_ui;

/// What the tab remembers between frames: where the lines of a text begin.
#[derive(Default)]
pub struct SourceState {
    shown: Option<(ArticleId, u64)>,
    starts: Vec<usize>,
    /// The last request to show a line that was followed.
    asked: u64,
    /// The line that was asked for, of which text.
    marked: Option<(ArticleId, usize)>,
}

const LINE: f32 = 18.0;

/// So many bytes of a line are shown: a line is laid out as a whole.
const LONGEST_LINE: usize = 16 * 1024;

/// Draws the source.
pub fn source_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId, state: &mut SourceState) {
    let Some(opened) = frame.desk.opened(article) else {
        empty_ui(ui, icons::PENDING, "Reading the file", "It is shown as soon as it is here.", None);
        return;
    };
    let text = opened.document.text();
    if state.shown != Some((article, opened.revision)) {
        state.shown = Some((article, opened.revision));
        state.starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    }
    path_ui(ui, frame, article);
    problem_ui(ui, &opened.document);
    let colors = palette(ui);
    let front = opened.document.front_matter();
    let count = state.starts.len();
    let digits = count.to_string().len() as f32;
    ui.spacing_mut().item_spacing.y = 0.0;
    let wrong = opened.document.error().map(|error| error.place.line as usize);
    let mut area = ScrollArea::both().id_salt(("source", article.0)).auto_shrink(false);
    if let Some(line) = asked_line(frame, article, state) {
        let above = (ui.available_height() / 3.0).max(0.0);
        area = area.vertical_scroll_offset((line.saturating_sub(1) as f32 * LINE - above).max(0.0));
    }
    let marked = state.marked.filter(|(of, _)| *of == article).map(|(_, line)| line);
    area.show_rows(ui, LINE, count, |ui, rows| {
        for row in rows {
            let start = state.starts[row];
            let end = state.starts.get(row + 1).copied().unwrap_or(text.len());
            let content = text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r']);
            let in_front = start >= front.start && start < front.end;
            let ground = match row + 1 {
                line if wrong == Some(line) => Some(colors.removed),
                line if marked == Some(line) => Some(colors.selection),
                _ => None,
            };
            line_ui(ui, colors, (row + 1, digits), content, in_front, ground);
        }
    });
}

/// The line that is to be shown now, if one was asked for since the last frame. It stays marked.
fn asked_line(frame: &Frame<'_>, article: ArticleId, state: &mut SourceState) -> Option<usize> {
    let request = frame.desk.source_request();
    let (of, place) = request.place.filter(|_| request.serial != state.asked)?;
    if of != article {
        return None;
    }
    state.asked = request.serial;
    state.marked = Some((article, place.line as usize));
    Some(place.line as usize)
}

fn path_ui(ui: &mut Ui, frame: &mut Frame<'_>, article: ArticleId) {
    let colors = palette(ui);
    let Some(path) = frame.desk.catalog().map(|catalog| catalog.path(article)) else { return };
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        ui.add_space(size::PANE);
        ui.add(egui::Label::new(Type::SMALL.rich(path.as_str()).color(colors.muted)).truncate().selectable(true));
        if icon_button_ui(ui, icons::COPY, "Copy the path", None).clicked() {
            frame.send(Command::CopyText(path.as_str().to_owned()));
        }
    });
}

fn problem_ui(ui: &mut Ui, document: &Document) {
    let Some(error) = document.error() else { return };
    let colors = palette(ui);
    egui::Frame::new().fill(colors.removed).inner_margin(egui::Margin::symmetric(16, 8)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let text = format!("Line {}, column {}: {}", error.place.line, error.place.column, error.message);
        ui.add(egui::Label::new(Type::BODY.rich(text).color(colors.danger_text)).wrap());
    });
}

fn line_ui(
    ui: &mut Ui,
    colors: &Palette,
    number: (usize, f32),
    content: &str,
    in_front: bool,
    ground: Option<Color32>,
) {
    let gutter = 16.0 + number.1 * 7.4 + 12.0;
    let shown = beginning(content, LONGEST_LINE);
    let rest = content.len() - shown.len();
    let cut = (rest > 0).then(|| format!("{shown}… and {} more", bytes(rest as u64)));
    let content = cut.as_deref().unwrap_or(shown);
    let job = if in_front {
        front_matter(content, colors)
    } else {
        LayoutJob::single_section(content.to_owned(), Type::CODE.format(colors.text))
    };
    let galley = ui.painter().layout_job(LayoutJob { break_on_newline: false, ..job });
    let (rect, _) = ui.allocate_exact_size(vec2(gutter + galley.size().x + 16.0, LINE), Sense::hover());
    if let Some(ground) = ground {
        ui.painter().rect_filled(
            egui::Rect::everything_right_of(rect.left()).intersect(rect.expand2(vec2(4000.0, 0.0))),
            0.0,
            ground,
        );
    }
    let digits = line(ui.painter(), &number.0.to_string(), Type::CODE, colors.muted);
    ui.painter().galley(pos2(rect.left() + gutter - 12.0 - digits.size().x, rect.top()), digits, colors.muted);
    ui.painter().galley(pos2(rect.left() + gutter, rect.top()), galley, colors.text);
}

/// Key, value and comment of one line in their colours.
fn front_matter(content: &str, colors: &Palette) -> LayoutJob {
    let mut job = LayoutJob::default();
    let code = |color| Type::CODE.format(color);
    let trimmed = content.trim_start();
    if trimmed.starts_with('#') || trimmed == "---" || trimmed == "+++" {
        job.append(content, 0.0, code(colors.muted));
        return job;
    }
    let key_end = key_end(content);
    let (key, value) = content.split_at(key_end);
    job.append(key, 0.0, code(colors.accent_text));
    let first = value.trim_start_matches([':', ' ']).chars().next();
    let color = match first {
        Some('"' | '\'') => colors.quality_text,
        Some(digit) if digit.is_ascii_digit() || digit == '-' => colors.warning_text,
        _ if matches!(value.trim_start_matches([':', ' ']), "true" | "false" | "null") => colors.warning_text,
        _ => colors.text,
    };
    job.append(value, 0.0, code(color));
    job
}

/// Where the key of a line ends: at the first colon that a blank or the end follows, outside of quotes.
fn key_end(content: &str) -> usize {
    if content.trim_start().trim_start_matches("- ").starts_with(['"', '\'']) {
        return 0;
    }
    content
        .match_indices(':')
        .map(|(at, _)| at)
        .find(|at| content[at + 1..].chars().next().is_none_or(|next| next == ' '))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::key_end;

    #[test]
    fn the_key_of_a_line_is_found() {
        for (line, end) in [
            ("title: x", 5),
            ("  - name: a:b", 8),
            ("url: https://a", 3),
            ("plain text", 0),
            ("- \"a: b\"", 0),
            ("list:", 4),
        ] {
            assert_eq!(key_end(line), end, "{line}");
        }
    }
}
