//! What is typed in a field and is no value of it: it stays there, with the reason, until it is corrected or given up.
//!
//! Invariant: nothing that was typed goes unseen. A window is not closed over it without a word, and it stays with its article and
//! its site.

use egui::{Context, Id};

use crate::catalog::ArticleId;

/// A text that was not taken.
#[derive(Clone, Debug)]
struct Untaken {
    field: Id,
    article: ArticleId,
    text: String,
    reason: String,
    /// Whether closing the window was stopped for it once.
    is_told: bool,
}

/// Takes note that what is typed in a field of an article cannot be taken.
pub fn note(ctx: &Context, field: Id, article: ArticleId, text: &str, reason: String) {
    change(ctx, |all| {
        all.retain(|it| it.field != field);
        all.push(Untaken { field, article, text: text.to_owned(), reason, is_told: false });
    });
}

/// The field holds a value again, or what was typed in it was given up.
pub fn forget(ctx: &Context, field: Id) {
    if text(ctx, field).is_some() {
        change(ctx, |all| all.retain(|it| it.field != field));
    }
}

/// Other articles come: nothing that was typed is of one of them.
pub fn forget_all(ctx: &Context) {
    change(ctx, Vec::clear);
}

/// Why what is typed in this field is not taken.
#[must_use]
pub fn reason(ctx: &Context, field: Id) -> Option<String> {
    all(ctx).into_iter().find(|it| it.field == field).map(|it| it.reason)
}

/// What is typed in this field and not taken.
#[must_use]
pub fn text(ctx: &Context, field: Id) -> Option<String> {
    all(ctx).into_iter().find(|it| it.field == field).map(|it| it.text)
}

/// What a window that is to be closed has to say first, and of which article: once of each.
#[must_use]
pub fn to_be_told(ctx: &Context) -> Option<(ArticleId, String)> {
    change(ctx, |all| {
        let first = all.iter_mut().find(|it| !it.is_told)?;
        first.is_told = true;
        let text = format!("{}. It is not taken: correct it, or Esc in its field gives it up", first.reason);
        Some((first.article, text))
    })
}

fn all(ctx: &Context) -> Vec<Untaken> {
    ctx.data(|data| data.get_temp(list_id())).unwrap_or_default()
}

fn change<R>(ctx: &Context, change: impl FnOnce(&mut Vec<Untaken>) -> R) -> R {
    let mut all = all(ctx);
    let result = change(&mut all);
    ctx.data_mut(|data| data.insert_temp(list_id(), all));
    result
}

fn list_id() -> Id {
    Id::unique("typed and not taken")
}
