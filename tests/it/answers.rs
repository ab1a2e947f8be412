//! Answers to questions about items of lists: the others stay about what they were about.

use copydesk::document::merge::{Conflict, Merged, Policy, Side, answer, merge};
use copydesk::document::{Customs, Document, Value};

use crate::merge::ask;

fn related(items: &str) -> Value {
    Document::parse(format!("---\nrelated: [{items}]\n---\n").as_bytes()).data().clone()
}

#[test]
fn an_item_that_an_answer_removes_takes_no_other_question_with_it() {
    let base = related("{url: /a, n: 0}, {url: /b, n: 0}, {url: /c, n: 0}");
    let ours = related("{url: /a, n: 0}, {url: /b, n: 1}");
    let theirs = related("{url: /a, n: 0}, {url: /c, n: 2}");
    let merged = ask(&base, &ours, &theirs);
    let (mut data, mut conflicts) = (merged.data, merged.conflicts);
    assert_eq!(conflicts.len(), 2, "/b went there and changed here, /c changed there and went here");
    for which in [1, 0] {
        let patch = answer(&data, &mut conflicts, which, Side::Ours);
        data = patch.apply_to(&data).unwrap();
    }
    assert_eq!(data, ours);
}

#[test]
fn items_that_come_in_again_at_the_same_place_keep_their_order_however_they_are_answered() {
    let base = related("{url: /a, n: 0}, {url: /b, n: 0}, {url: /c, n: 0}, {url: /d, n: 0}");
    let ours = related("{url: /a, n: 1}, {url: /b, n: 1}, {url: /c, n: 1}, {url: /d, n: 1}");
    let theirs = related("{url: /d, n: 2}");
    let merged = ask(&base, &ours, &theirs);
    assert_eq!(merged.conflicts.len(), 4, "/a, /b and /c went there, /d changed there");
    for order in [[0, 0, 0, 0], [3, 2, 1, 0], [1, 0, 1, 0], [1, 1, 1, 0], [2, 0, 0, 0], [0, 1, 1, 0], [2, 2, 1, 0]] {
        let (mut data, mut conflicts) = (merged.data.clone(), merged.conflicts.clone());
        for which in order {
            let patch = answer(&data, &mut conflicts, which, Side::Ours);
            data = patch.apply_to(&data).unwrap();
        }
        assert_eq!(data, ours, "answered in the order {order:?}");
    }
}

#[test]
fn what_comes_into_a_list_again_stands_where_we_had_it_whether_the_order_is_answered_before_or_after() {
    let list = |items: &str| {
        let item = |name: char| format!("{{url: /{name}, n: {}}}", u8::from(name.is_uppercase()));
        let items: Vec<String> = items.chars().map(|name| item(name).to_lowercase()).collect();
        related(&items.join(", "))
    };
    // A capital letter is an item that was edited; `o` an order, `i` an item that they removed.
    for (base, ours, theirs, answers) in [
        ("abcd", "dcBa", "adc", ["oi", "io"]),
        ("abcd", "Bdca", "adc", ["oi", "io"]),
        ("abcd", "dcaB", "adc", ["oi", "io"]),
        ("abcde", "edBCa", "aed", ["oii", "iio"]),
        ("abcde", "BedCa", "aed", ["oii", "ioi"]),
        ("abcde", "eBdaC", "aed", ["oii", "ioi"]),
        // One that we removed and they edited.
        ("abcd", "dca", "aBdc", ["oi", "io"]),
    ] {
        let (base, ours, theirs) = (list(base), list(ours), list(theirs));
        let merged = ask(&base, &ours, &theirs);
        for answers in answers {
            let (mut data, mut conflicts) = (merged.data.clone(), merged.conflicts.clone());
            for answered in answers.chars() {
                let is_it = |conflict: &Conflict| matches!(conflict.ours, Some(Value::List(_))) == (answered == 'o');
                let which = conflicts.iter().position(is_it).expect("a question of this kind");
                let patch = answer(&data, &mut conflicts, which, Side::Ours);
                data = patch.apply_to(&data).unwrap();
            }
            assert!(conflicts.is_empty());
            assert_eq!(data.to_json(), ours.to_json(), "answered {answers}");
        }
    }
}

/// It is about a field that they took out, and its item does not stand behind the same one as before.
#[test]
fn a_question_about_a_field_of_an_item_goes_with_the_item_where_the_order_is_answered() {
    let base = related("{url: /a, n: 0}, {url: /b, n: 0}, {url: /c, n: 0}, {url: /d, n: 0}");
    let ours = related("{url: /d, n: 0}, {url: /c, n: 1}, {url: /b, n: 0}, {url: /a, n: 0}");
    let theirs = related("{url: /b, n: 0}, {url: /a, n: 0}, {url: /c}, {url: /d, n: 0}");
    let merged = ask(&base, &ours, &theirs);
    assert_eq!(merged.conflicts.len(), 2, "the order, and n of /c");
    let (mut data, mut conflicts) = (merged.data, merged.conflicts);
    let order = conflicts.iter().position(|it| matches!(it.ours, Some(Value::List(_)))).expect("the order is asked");
    for which in [order, 0] {
        let patch = answer(&data, &mut conflicts, which, Side::Ours);
        data = patch.apply_to(&data).unwrap();
    }
    assert_eq!(data.to_json(), ours.to_json());
}

#[test]
fn questions_about_later_items_move_up_when_an_answer_removes_one() {
    let list = |items: &[(&str, u8)]| {
        let items: String = items.iter().map(|(url, q)| format!("  - webUrl: {url}\n    q: {q}\n")).collect();
        Document::parse(format!("---\nrelated:\n{items}---\nBody\n").as_bytes())
    };
    let base = list(&[("a", 1), ("b", 1), ("c", 1), ("d", 1)]);
    let (ours, theirs) = (list(&[("b", 1), ("c", 1), ("d", 2)]), list(&[("a", 3), ("b", 1), ("c", 1), ("d", 3)]));
    let Merged { document, mut conflicts, .. } = merge(&base, &ours, &theirs, &|_| Policy::Ask).unwrap();
    let removed = conflicts.iter().position(|conflict| conflict.ours.is_none()).unwrap();
    let patch = answer(document.data(), &mut conflicts, removed, Side::Ours);
    let document = document.apply(&patch, &Customs::default()).unwrap().document;
    assert_eq!(document.text(), list(&[("b", 1), ("c", 1), ("d", 3)]).text());
    let places: Vec<_> = conflicts.iter().filter_map(|it| it.pointer.as_ref()).map(ToString::to_string).collect();
    assert_eq!(places, ["/related/2/q"]);
}
