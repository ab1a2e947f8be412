//! A picture that can be looked at closely: whole, pixel by pixel, magnified and moved, with keys and with the mouse.
//!
//! Invariant: how it is looked at is the desk's to say; what the mouse does goes there as a command.

use egui::accesskit::Role;
use egui::{Pos2, Rect, Response, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::desk::{Command, Magnified, Magnify};
use crate::ui::frame::Frame;
use crate::ui::pictures::Picture;
use crate::ui::theme::{Type, line, palette};
use crate::ui::widgets::at_ui;
use crate::ui::widgets::button::{Weight, button_ui};
use crate::ui::widgets::key::with_key;

/// Draws the picture into a place that the mouse has.
pub fn magnifier_ui(ui: &mut Ui, frame: &mut Frame<'_>, response: &Response, place: Rect, picture: &Picture) {
    let magnified = frame.desk.magnified();
    let own = vec2(picture.info.width as f32, picture.info.height as f32) / ui.pixels_per_point();
    // A drawing has no pixels of its own: those it was drawn with are as good as any.
    let own = if own.min_elem() > 0.0 { own } else { picture.size / ui.pixels_per_point() };
    let scale = scale(magnified, own, place.size());
    let shown = shown(magnified, own * scale, place);
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    ui.painter().with_clip_rect(place).image(picture.texture, shown, whole, palette(ui).white);
    let percent = format!("{:.0} %", scale * 100.0);
    let name = format!("Picture, {} × {} pixels, {percent}", picture.info.width, picture.info.height);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    buttons_ui(ui, frame, place, magnified);
    caption(
        ui,
        place,
        &format!("{} × {} · {} · {percent}", picture.info.width, picture.info.height, picture.info.format),
    );
    if let Some(next) = moved(ui, response, magnified, shown, (own, place)) {
        frame.send(Command::Magnify(Magnify::To(next)));
    }
}

/// Points of the screen for a point of the picture at its own size.
fn scale(magnified: Magnified, own: Vec2, place: Vec2) -> f32 {
    let fit = (place.x / own.x).min(place.y / own.y);
    magnified.times * if magnified.actual { 1.0 } else { fit }
}

/// Where the picture lies. What is larger than the place has no gap at its sides.
fn shown(magnified: Magnified, size: Vec2, place: Rect) -> Rect {
    let start = |center: f32, size: f32, low: f32, room: f32| {
        if size <= room {
            low + (room - size) / 2.0
        } else {
            (low + room / 2.0 - center * size).clamp(low + room - size, low)
        }
    };
    let left = start(magnified.center.0, size.x, place.left(), place.width());
    let top = start(magnified.center.1, size.y, place.top(), place.height());
    Rect::from_min_size(pos2(left, top), size)
}

/// What the mouse makes of it: drag moves, the wheel magnifies what is under it, a double click goes near and back.
fn moved(ui: &Ui, response: &Response, now: Magnified, shown: Rect, (own, place): (Vec2, Rect)) -> Option<Magnified> {
    if response.double_clicked() {
        return Some(now.after(if now.fits() { Magnify::Actual } else { Magnify::Fit }));
    }
    if response.dragged() && response.drag_delta() != Vec2::ZERO {
        return Some(around(now, shown, place, place.center() - response.drag_delta(), place.center()));
    }
    let pointer = response.hover_pos()?;
    let wheel = ui.input(|input| input.zoom_delta() * (input.smooth_scroll_delta().y / 240.0).exp2());
    if (wheel - 1.0).abs() < 0.001 {
        return None;
    }
    let next = Magnified { times: now.times * wheel, ..now };
    let scale = self::scale(next, own, place.size());
    let point = share(shown, pointer);
    // The point under the pointer stays there.
    let size = own * scale;
    let middle = point + (place.center() - pointer) / size;
    Some(Magnified { center: (middle.x, middle.y), ..next }.after(Magnify::By(0)))
}

/// The same with what is at `from` moved to `to`.
fn around(now: Magnified, shown: Rect, place: Rect, from: Pos2, to: Pos2) -> Magnified {
    let middle = share(shown, place.center() + (from - to));
    Magnified { center: (middle.x, middle.y), ..now }.after(Magnify::By(0))
}

fn share(shown: Rect, point: Pos2) -> Pos2 {
    ((point - shown.min) / shown.size()).to_pos2()
}

fn buttons_ui(ui: &mut Ui, frame: &mut Frame<'_>, place: Rect, magnified: Magnified) {
    let row = Rect::from_min_size(place.left_top() + vec2(10.0, 10.0), vec2(170.0, 28.0));
    at_ui(ui, row, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for (text, name, magnify) in [
                ("−", "Picture smaller", Magnify::By(-1)),
                ("+", "Picture larger", Magnify::By(1)),
                ("Fit", "Whole picture", Magnify::Fit),
                ("1:1", "Picture pixel by pixel", Magnify::Actual),
            ] {
                let is_so = magnified == magnified.after(magnify);
                let button = ui.add_enabled_ui(!is_so, |ui| button_ui(ui, text, Weight::Plain)).inner;
                button.widget_info(|| WidgetInfo::labeled(Role::Button, !is_so, name));
                if button.on_hover_text(with_key(name, frame.desk.key_of(name))).clicked() {
                    frame.send(Command::Magnify(magnify));
                }
            }
        });
    });
}

fn caption(ui: &Ui, place: Rect, text: &str) {
    let colors = palette(ui);
    let text = line(ui.painter(), text, Type::SMALL, colors.white);
    let at = place.left_bottom() + vec2(14.0, -10.0 - text.size().y);
    ui.painter().rect_filled(Rect::from_min_size(at, text.size()).expand2(vec2(6.0, 3.0)), 4.0, colors.shade);
    ui.painter().galley(at, text, colors.white);
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "whole points and halves are exact")]
mod tests {
    use super::*;

    const PLACE: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(400.0, 300.0) };

    #[test]
    fn a_picture_fits_and_pixel_by_pixel_is_its_own_size() {
        let own = vec2(800.0, 300.0);
        assert_eq!(scale(Magnified::default(), own, PLACE.size()), 0.5);
        let actual = Magnified::default().after(Magnify::Actual);
        assert_eq!(scale(actual, own, PLACE.size()), 1.0);
        assert_eq!(
            shown(Magnified::default(), own * 0.5, PLACE),
            Rect::from_min_size(pos2(0.0, 75.0), vec2(400.0, 150.0))
        );
        assert_eq!(shown(actual, own, PLACE), Rect::from_min_size(pos2(-200.0, 0.0), own));
    }

    #[test]
    fn it_can_be_moved_to_its_edges_and_no_farther() {
        let own = vec2(800.0, 600.0);
        let mut at = Magnified::default().after(Magnify::Actual);
        for _ in 0..20 {
            at = at.after(Magnify::Pan(1, 1));
        }
        assert_eq!(shown(at, own, PLACE).max, PLACE.max);
        let dragged = around(at, shown(at, own, PLACE), PLACE, pos2(0.0, 0.0), pos2(5_000.0, 0.0));
        assert_eq!(shown(dragged, own, PLACE).left(), 0.0);
    }

    #[test]
    fn steps_end_where_nothing_is_to_be_seen_any_more() {
        let far = Magnified::default().after(Magnify::By(1_000));
        assert_eq!(far.times, 32.0);
        assert!(!far.fits() && far.after(Magnify::Fit).fits());
        assert_eq!(Magnified::default().after(Magnify::To(Magnified { times: f32::NAN, ..far })).times, 1.0);
    }
}
