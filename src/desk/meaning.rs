//! What an action means for the desk as it is: a command, or nothing where it cannot be done now.
//!
//! Invariant: asking changes nothing; the command is carried out by `Desk::apply` alone.

use super::command::{Command, Edit, FieldTask, Judge, Motion, Overlay};
use super::{Desk, Phase};
use crate::article::Intent;
use crate::catalog::{Cell, ColumnKey, Computed};
use crate::document::FieldPath;

/// The two scores that keys set: the one that ranks, and the one that says how good a story is.
#[derive(Clone, Copy)]
pub(super) enum Rank {
    Heat,
    Quality,
}

/// What Esc does where nobody types: it closes what lies over the desk, else lets go of an offer, of the selection, else of the filter, else
/// of held rows.
#[must_use]
pub fn escape(desk: &Desk) -> Option<Command> {
    if desk.overlay().is_some() {
        return Some(Command::CloseOverlay);
    }
    if *desk.phase() != Phase::Open {
        return None;
    }
    if let Some(offer) = desk.house_offer() {
        return Some(Command::Dismiss(offer));
    }
    if desk.target_count() > 1 {
        return Some(Command::SelectNone);
    }
    Some(if desk.filter().is_empty() { Command::Refilter } else { Command::Filter(String::new()) })
}

/// Rows that `PageUp` and `PageDown` move by.
pub(super) const PAGE: isize = 12;

pub(super) fn some_rows(desk: &Desk, command: Command) -> Option<Command> {
    (!desk.rows().is_empty()).then_some(command)
}

pub(super) fn with_target(desk: &Desk, command: Command) -> Option<Command> {
    (desk.target_count() > 0).then_some(command)
}

pub(super) fn go(desk: &Desk, motion: Motion, extend: bool) -> Option<Command> {
    some_rows(desk, Command::Move { motion, extend })
}

pub(super) fn toggle(desk: &Desk, overlay: Overlay) -> Command {
    if desk.overlay() == Some(&overlay) { Command::CloseOverlay } else { Command::Show(overlay) }
}

pub(super) fn view(desk: &Desk, index: usize) -> Option<Command> {
    (desk.views().len() > index).then_some(Command::View(index))
}

/// Groups by a field that the collection shown has.
pub(super) fn group_by(desk: &Desk, field: fn(&crate::site::Schema) -> Option<FieldPath>) -> Option<Command> {
    let schema = desk.shown_schema()?;
    let field = field(&schema).filter(|field| schema.field(field).is_some())?;
    Some(Command::GroupBy(Some(ColumnKey::Field(field))))
}

/// A score of the collection of the article under the cursor.
pub(super) fn score(desk: &Desk, rank: Rank) -> Option<crate::site::Score> {
    let schema = desk.schema_of(desk.cursor()?);
    match rank {
        Rank::Heat => schema.heat_score().cloned(),
        Rank::Quality => schema.quality_score().cloned(),
    }
}

pub(super) fn preset(desk: &Desk, rank: Rank, index: usize, judge: Judge) -> Option<Command> {
    let score = score(desk, rank)?;
    let value = *score.presets.get(index)?;
    let edit =
        Edit::of_selection(format!("{} {value}", score.path.last()), vec![Intent::Set(score.path, value.into())]);
    Some(Command::Edit(edit.judging(judge)))
}

/// Something with a field that is chosen by its name, where the article under the cursor can be read.
pub(super) fn field_task(desk: &Desk, task: FieldTask) -> Option<Command> {
    let document = desk.document(desk.cursor()?)?;
    document.error().is_none().then_some(Command::Show(Overlay::Field(task)))
}

pub(super) fn score_entry(desk: &Desk, rank: Rank) -> Option<Command> {
    score(desk, rank).map(|score| Command::Show(Overlay::Score(score.path)))
}

pub(super) fn add(desk: &Desk, rank: Rank, by: i64) -> Option<Command> {
    let score = score(desk, rank)?;
    let sign = if by < 0 { "−" } else { "+" };
    let label = format!("{} {sign}{}", score.path.last(), by.unsigned_abs());
    Some(Command::Edit(Edit::of_selection(label, vec![Intent::Add(score.path, by)])))
}

pub(super) fn live(desk: &Desk, yes: bool, judge: Judge) -> Option<Command> {
    desk.schema_of(desk.cursor()?).live.as_ref()?;
    let label = if yes { "live" } else { "not live" };
    Some(Command::Edit(Edit::of_selection(label, vec![Intent::Live(yes)]).judging(judge)))
}

pub(super) fn switch_live(desk: &Desk) -> Option<Command> {
    live(desk, !desk.catalog()?.live(desk.cursor()?)?, Judge::No)
}

pub(super) fn fold(desk: &Desk, judge: Judge) -> Option<Command> {
    score(desk, Rank::Heat)?;
    let catalog = desk.catalog()?;
    let related = ColumnKey::Computed(Computed::RelatedCount);
    let has_lead = |id| matches!(catalog.cell(id, &related), Cell::Number(count) if count > 0.0);
    let targets = desk.targets();
    let label = match targets.iter().filter(|id| has_lead(**id)).count() {
        0 => "dropped",
        count if count == targets.len() => "folded under its lead",
        _ => "folded or dropped",
    };
    Some(Command::Edit(Edit::of_selection(label, vec![Intent::Fold]).judging(judge)))
}
