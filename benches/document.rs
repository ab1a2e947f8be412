//! What reading and editing one article costs: the prices that every key press and every file of a scan pays.

use copydesk::document::{Customs, Document, Patch, Pointer};

fn main() {
    divan::main();
}

/// An article with this many related entries; four make about 2 KB.
fn article(related: usize) -> String {
    let mut text =
        String::from("---\ncategory: news\ntitle: \"The harbour opens again\"\nheat: 40\npublished: true\n\n");
    text.push_str("provider:\n  name: Tide Table\n  domain: tide-table.example\n\ntopics:\n  - Harbour\n  - Weather\n\nrelated:\n");
    for number in 0..related {
        let excerpt = "What was seen at the quay that morning, and by whom. ".repeat(3);
        text += &format!(
            "  - title: \"Story number {number}: what happened next\"\n    excerpt: \"{excerpt}\"\n    \
             publishedDateTime: 2020-05-17T08:00:00Z\n    webUrl: \"https://news.example/stories/{number}\"\n    \
             type: article\n    provider:\n      name: Provider {number}\n      domain: p{number}.example\n    quality: 50\n"
        );
    }
    text.push_str("---\nBody\n");
    text
}

#[divan::bench(args = [4, 40, 4000])]
fn parse(bencher: divan::Bencher<'_, '_>, related: usize) {
    let text = article(related);
    bencher.counter(divan::counter::BytesCount::new(text.len())).bench(|| Document::parse(text.as_bytes()));
}

#[divan::bench(args = [4, 40, 4000])]
fn verified_edit(bencher: divan::Bencher<'_, '_>, related: usize) {
    let document = Document::parse(article(related).as_bytes());
    let patch = Patch::replace(Pointer::of(["heat"]), 120);
    bencher.bench(|| document.apply(&patch, &Customs::default()));
}

#[divan::bench(args = [4, 40, 4000])]
fn verified_move(bencher: divan::Bencher<'_, '_>, related: usize) {
    let document = Document::parse(article(related).as_bytes());
    let (from, path) = (Pointer::of(["related", "0"]), Pointer::of(["related", "2"]));
    let patch = Patch(vec![copydesk::document::Operation::Move { from, path }]);
    bencher.bench(|| document.apply(&patch, &Customs::default()));
}
