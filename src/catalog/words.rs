//! What the words of a filter are looked for in: title, excerpt, provider, and what other sites call these.
//!
//! Invariant: the words of a row change exactly when one of these fields, the title or the path does.

use super::Shared;
use super::column::{CHUNK, Cell};
use super::folded::Folded;

/// The fields that words are looked for in, beside the title.
pub(crate) const SEARCHED: [&str; 11] = [
    "excerpt",
    "description",
    "summary",
    "subtitle",
    "name",
    "label",
    "author",
    "author.name",
    "provider",
    "provider.name",
    "provider.domain",
];

/// Whether words are looked for in this field.
pub(crate) fn is_searched(name: &str) -> bool {
    SEARCHED.contains(&name)
}

/// The folded words of a chunk of rows.
pub(crate) fn of(shared: &Shared, chunk: usize) -> Folded {
    let columns: Vec<_> = SEARCHED.iter().filter_map(|name| shared.named(name)).collect();
    let mut folded = Folded::default();
    let start = chunk * CHUNK;
    for row in (start..start + CHUNK).filter(|row| shared.rows.get(*row).is_some()) {
        let title = shared.title(row);
        let others = columns.iter().flat_map(|column| match column.cell(row, &shared.pool) {
            Cell::Text(text) if text != title => vec![text],
            Cell::List(texts) => texts,
            _ => Vec::new(),
        });
        folded.push(row - start, std::iter::once(title).chain(others));
    }
    folded.shrink();
    folded
}
