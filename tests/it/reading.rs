//! The text of an article as a reader sees it: its pictures, and what is written from right to left.

use copydesk::app::Opening;
use egui::accesskit::Role;
use egui::{Rect, Theme};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::app::{Place, Window};
use crate::picture_views::{has_label, with_pictures};
use crate::screens::{LARGE, SMALL, Stage};

/// Of letters that the fonts of the tests have.
const HEBREW: &str = "המגדלור של אמברהולם **מאיר שוב** אחרי ארבעים שנה (בפעם הראשונה), והוא מאיר לארבעים אנשים. \
[אמברהולם ואנשי המגדלור שלה, אחרי ארבעים שנה](https://archive.example/letters) או Kite & Keel.";

const ARABIC: &str = "## المنارات **التسع**\n\n> تضيء معاً [لأول مرة منذ أربعين عاماً](https://archive.example/a) معاً.\n\n\
- المنارات\n- معاً **لأول مرة**\n\n1. عاماً\n";

fn page() -> String {
    format!(
        "{HEBREW}\n\nThe lens as it was found: ![The lens, in its crate](/assets/images/news/gears.webp) and as it is.\n\n\
         ![The keeper](/assets/images/news/nobody.jpg)\n\n![A chart of the sound](https://charts.example/sound.png)\n\n{ARABIC}"
    )
}

/// Two articles whose text has pictures, in a site that has some of them.
pub fn place() -> Place {
    let place = Place::of(["a", "b"].map(|name| {
        let text = format!("---\ntitle: Letters, {name}\nquality: 4\n---\n\n{}", page());
        (format!("_news/{name}.md"), text)
    }));
    let pictures = place.site().join("assets/images/news");
    std::fs::create_dir_all(&pictures).unwrap();
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/sample-site/assets/images/news/gears.webp");
    std::fs::copy(sample, pictures.join("gears.webp")).unwrap();
    place
}

fn picture(window: &Window, name: &str) -> Rect {
    let images = window.harness.query_all_by_role(Role::Image);
    let named =
        |node: &egui_kittest::Node<'_>| node.accesskit_node().label().is_some_and(|label| label.starts_with(name));
    images.into_iter().find(named).unwrap_or_else(|| panic!("{name}")).rect()
}

#[test]
fn pictures_of_the_text_are_shown_and_those_that_cannot_be_are_named_with_the_reason() {
    let place = place();
    let mut window = place.open_with([1000.0, 1600.0], Theme::Dark, Opening::Site(place.site()));
    window.press("Home Alt+V");
    with_pictures(&mut window);
    let shown = picture(&window, "Picture: The lens, in its crate");
    assert!((shown.width() / shown.height() - 1.6).abs() < 0.05, "its own shape: {shown:?}");
    assert!(picture(&window, "Picture: The keeper. ").height() < 60.0);
    assert!(picture(&window, "Picture: A chart of the sound. It lies on the web, and is not loaded").height() < 60.0);
    assert!(has_label(&window, "for one"), "the bar asks for pictures from the web");
    assert!(!has_label(&window, "picture: "), "no picture is but a word");
}

#[test]
fn links_and_bold_letters_stay_what_they_are_from_right_to_left() {
    let place = place();
    let mut window = place.open_with([1000.0, 1600.0], Theme::Dark, Opening::Site(place.site()));
    window.press("Home Alt+V");
    with_pictures(&mut window);
    let link = "אמברהולם ואנשי המגדלור שלה, אחרי ארבעים שנה";
    let place = window.harness.get_by_role_and_label(Role::Link, link).rect();
    let line = window.harness.ctx.content_rect().right() - place.right();
    assert!(place.width() > 60.0 && line < 200.0, "where its letters stand: {place:?}");
    window.harness.get_by_role_and_label(Role::Link, "لأول مرة منذ أربعين عاماً");
    assert!(
        has_label(&window, "של אמברהולם מאיר שוב אחרי ארבעים שנה (בפעם הראשונה)"),
        "read aloud it is in its own order"
    );
}

#[test]
fn a_page_with_pictures_and_letters_from_right_to_left_looks_right() {
    let mut stage = Stage::of(place(), [SMALL[0], 1300.0], Theme::Dark);
    stage.press("Home Alt+V");
    with_pictures(&mut stage.window);
    stage.look("page");
    stage.press("Alt+L Space");
    stage.window.harness.set_size(LARGE.into());
    with_pictures(&mut stage.window);
    stage.look("page_quick_look");
}
