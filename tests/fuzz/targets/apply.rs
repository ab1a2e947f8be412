//! Any file and any patch, with a NUL byte between: it is refused, or the text says what the patch says and goes back.
#![no_main]

use copydesk::document::{Customs, Document, Map, Patch, Value};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(at) = bytes.iter().position(|byte| *byte == 0) else { return };
    let Ok(json) = serde_json::from_slice(&bytes[..at]) else { return };
    let Ok(patch) = Patch::from_json(&json) else { return };
    let document = Document::parse(&bytes[at + 1..]);
    let Ok(applied) = document.apply(&patch, &Customs::default()) else { return };
    let wanted = patch.apply_to(document.data()).expect("what was applied fits the data");
    let wanted = if wanted == Value::Null { Value::Map(Map::new()) } else { wanted };
    assert!(applied.document.data().same_data(&wanted));
    assert_eq!(applied.edit.apply(document.text()), applied.document.text());
    assert_eq!(applied.edit.invert(document.text()).apply(applied.document.text()), document.text());
    if let Ok(back) = applied.document.apply(&applied.inverse, &Customs::default()) {
        assert!(back.document.data().same_data(document.data()));
    }
});
