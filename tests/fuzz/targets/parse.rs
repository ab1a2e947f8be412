//! Any bytes: reading never fails, never hangs, and changes nothing.
#![no_main]

use copydesk::document::{Document, Pointer};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let document = Document::parse(bytes);
    if std::str::from_utf8(bytes).is_ok() {
        assert_eq!(document.text().as_bytes(), bytes);
    }
    let span = document.front_matter();
    assert!(span.end <= document.text().len() && document.text().ends_with(document.body()));
    for key in document.data().as_map().into_iter().flat_map(|map| map.keys()) {
        let at = Pointer::of([key]);
        if let Some(span) = document.span(&at) {
            assert!(document.text().get(span.range()).is_some(), "{at} lies on {span:?}");
        }
    }
});
