//! Keys, letters, clicks and sizes by chance: nothing panics, nobody types into what is covered, and undo goes back to the start,
//! over saves too.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui::{Event, Modifiers, PointerButton, pos2, vec2};

use copydesk::desk::Overlay;

use crate::app::{Place, Window};
use crate::common::{Column, reached};

/// Keys of all kinds, but for those that leave the site, reach other programs, or save.
const KEYS: &str = "J K Down Up PageDown PageUp Home End Shift+Down Shift+Up Shift+End Ctrl+A Esc Esc Esc Tab Shift+Tab Enter Space \
    1 5 0 Alt+3 H Q ] [ } { P U Shift+P X A T E F2 R L M Alt+M C / Ctrl+F F5 F8 Ctrl+H Alt+H Alt+A Alt+P Left Right Shift+Left \
    Shift+Right Alt+E Alt+V Alt+S Alt+C Ctrl+B Ctrl+I Alt+G + - F Z Alt+D Alt+L Ctrl+= Ctrl+- Ctrl+0 ? Ctrl+, Ctrl+D Ctrl+1 Ctrl+2 \
    Ctrl+Z Ctrl+Z Ctrl+Shift+Z Ctrl+R Ctrl+C Delete Backspace Alt+Up Alt+Down";

const TEXTS: [&str; 10] = ["a", "7", "-", "é", "世", "\u{202e}", "heat:>", "\"", ": ", "x: [1, {"];

/// So many things are done in a sitting.
const DEEDS: usize = 160;

/// Numbers by chance that come again with their seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// One thing that somebody might do.
fn act(window: &mut Window, chance: &mut Chance, keys: &[&str]) -> String {
    let size = window.harness.ctx.content_rect().size();
    let mut at = || pos2(chance.below(size.x as usize) as f32, chance.below(size.y as usize) as f32);
    let (from, to) = (at(), at());
    let pointer = |pos, pressed, button| Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE };
    match chance.below(20) {
        0..=11 => {
            let key = keys[chance.below(keys.len())];
            window.press_quickly(key);
            key.to_owned()
        }
        12..=14 => {
            let text = TEXTS[chance.below(TEXTS.len())];
            window.harness.input_mut().events.push(Event::Text(text.to_owned()));
            window.harness.step();
            format!("type {text:?}")
        }
        15..=16 => {
            let button = if chance.below(4) == 0 { PointerButton::Secondary } else { PointerButton::Primary };
            for pressed in [true, false] {
                window.harness.input_mut().events.extend([Event::PointerMoved(from), pointer(from, pressed, button)]);
                window.harness.step();
            }
            format!("click {button:?} {from}")
        }
        17 => {
            for (pos, pressed) in [(from, true), (to, false)] {
                window.harness.input_mut().events.extend([Event::PointerMoved(pos)]);
                window.harness.step();
                window.harness.input_mut().events.push(pointer(pos, pressed, PointerButton::Primary));
                window.harness.step();
            }
            format!("drag {from} {to}")
        }
        18 => {
            let delta = vec2(0.0, chance.below(2000) as f32 - 1000.0);
            window.harness.input_mut().events.extend([Event::PointerMoved(from), wheel(delta)]);
            window.harness.step();
            format!("wheel {}", delta.y)
        }
        _ => {
            let sizes = [vec2(1440.0, 900.0), vec2(1000.0, 700.0), vec2(900.0, 600.0), vec2(2200.0, 1300.0)];
            let size = sizes[chance.below(sizes.len())];
            window.harness.set_size(size);
            window.harness.step();
            format!("size {size}")
        }
    }
}

fn wheel(delta: egui::Vec2) -> Event {
    Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        source: egui::MouseWheelSource::Wheel,
        delta,
        phase: egui::TouchPhase::Move,
        modifiers: Modifiers::NONE,
    }
}

/// The files of the site, but for its settings (a view that was saved is no edit) and those of a save that has just been done.
fn articles(place: &Place) -> BTreeMap<PathBuf, String> {
    let mut texts = place.texts();
    texts.retain(|path, _| !path.components().any(|part| part.as_os_str() == ".copydesk"));
    texts.retain(|path, _| !path.ends_with(".copydesk.yaml"));
    texts
}

/// What is unsaved, as it would be written.
fn unsaved(window: &Window) -> Vec<Option<String>> {
    let desk = window.desk();
    desk.changed()
        .map(|id| desk.draft(id).and_then(|draft| draft.text().map(|text| text.as_ref().to_owned())))
        .collect()
}

/// Does things by chance in a window on the sample site, takes all of them back, and compares with what was there.
fn play(seed: u64, keys: &[&str]) {
    let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let place = Place::new();
    let mut window = place.open();
    let before = articles(&place);
    let mut done = Vec::new();
    for _ in 0..DEEDS {
        let is_covered = matches!(
            window.desk().overlay(),
            Some(Overlay::QuickLook | Overlay::Compare | Overlay::Keys | Overlay::Conflicts | Overlay::Versions)
        );
        let old = is_covered.then(|| {
            window.settle(); // what was asked for before
            unsaved(&window)
        });
        done.push(act(&mut window, &mut chance, keys));
        if let Some(old) = old.filter(|_| done.last().is_some_and(|deed| deed.starts_with("type"))) {
            assert_eq!(unsaved(&window), old, "seed {seed}: typed into what is covered: {done:?}");
        }
    }
    let end = Instant::now() + Duration::from_secs(120);
    loop {
        window.press_quickly("Esc Esc Esc Esc");
        window.settle();
        window.press_quickly("Ctrl+Z");
        if window.desk().toasts().iter().any(|toast| toast.text == "Nothing to undo") {
            break;
        }
        window.settle();
        assert!(Instant::now() < end, "seed {seed}: it cannot be undone: {:?} {done:?}", window.desk().toasts());
    }
    window.settle();
    window.press("Ctrl+S");
    assert_eq!(window.desk().changed_count(), 0, "seed {seed}: {:?} {done:?}", window.desk().toasts());
    let after = articles(&place);
    for path in before.keys().chain(after.keys()) {
        let (old, new) = (before.get(path), after.get(path));
        let diff = || copydesk::text::unified("site", old.map_or("", |text| text), new.map_or("", |text| text));
        assert!(old == new, "seed {seed}: {} is not as it was\n{}\n{done:?}", path.display(), diff());
    }
}

#[test]
fn whatever_is_done_can_be_undone_and_nothing_breaks() {
    let keys: Vec<&str> = KEYS.split_whitespace().collect();
    let with_saves: Vec<&str> = keys.iter().copied().chain(["Ctrl+S"; 4]).collect();
    let column = Column::rounds(3, 3, 10_000).run(|seed| play(seed, if seed % 2 == 0 { &with_saves } else { &keys }));
    reached("monkey", column, &format!("sittings of {DEEDS} deeds by chance, all taken back: every byte as before"));
}
