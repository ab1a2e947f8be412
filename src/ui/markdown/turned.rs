//! Runs of text that hold letters from right to left, laid out as they are read, with looks and links.
//!
//! Invariant: lines are broken before they are turned round; each part keeps the look of the run that it is of.

use std::ops::Range;

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Rangef, Ui};

use crate::text::bidi::{Piece, pieces, reads_from_right};
use crate::ui::theme::broken;

/// A run as it is shown: its letters, with marks for what cannot be seen, and how it looks.
pub struct Run {
    /// Its letters.
    pub text: String,
    /// How it looks.
    pub format: TextFormat,
    /// Whether it is asked where it stands.
    pub is_link: bool,
}

/// Where a part of a link stands.
#[derive(Debug, PartialEq)]
pub struct Stand {
    /// Of which run.
    pub run: usize,
    /// On which line.
    pub line: usize,
    /// From where to where, from the left end of the line.
    pub sides: Rangef,
}

/// A text laid out, and where its links stand.
pub struct Turned {
    /// What is to be laid out.
    pub job: LayoutJob,
    /// The links.
    pub links: Vec<Stand>,
}

/// A part of a run on a line, as it is shown.
struct Part {
    run: usize,
    text: String,
}

/// The runs as they are read, in lines of this width.
pub fn turned(ui: &Ui, runs: &[Run], width: f32) -> Turned {
    let whole: String = runs.iter().map(|run| run.text.as_str()).collect();
    let as_written = |range: Range<usize>| {
        let part = |(run, range): (usize, Range<usize>)| Part { run, text: whole[range].to_owned() };
        width_of(ui, runs, &parts(runs, &range).map(part).collect::<Vec<_>>())
    };
    let lines: Vec<Range<usize>> = broken(&whole, width, &as_written)
        .into_iter()
        .map(|line| line.start..line.start + whole[line].trim_end().len())
        .collect();
    let mut job = LayoutJob::default();
    job.wrap.max_width = f32::INFINITY;
    job.halign = if reads_from_right(&whole) { Align::RIGHT } else { Align::LEFT };
    let mut links = Vec::new();
    for (line, pieces) in pieces(&whole, &lines).into_iter().enumerate() {
        if line > 0 {
            job.append("\n", 0.0, runs.first().map(|run| run.format.clone()).unwrap_or_default());
        }
        let parts: Vec<Part> = pieces.iter().flat_map(|piece| shown(runs, &whole, piece)).collect();
        for part in &parts {
            job.append(&part.text, 0.0, runs[part.run].format.clone());
        }
        // Where letters stand is measured: of a word from right to left the layout does not tell it.
        let mut start = 0;
        for same in parts.chunk_by(|one, other| one.run == other.run) {
            let (end, run) = (start + same.len(), same[0].run);
            if runs[run].is_link {
                let sides = Rangef::new(width_of(ui, runs, &parts[..start]), width_of(ui, runs, &parts[..end]));
                links.push(Stand { run, line, sides });
            }
            start = end;
        }
    }
    Turned { job, links }
}

/// The parts of runs in a piece of a line, from left to right.
fn shown(runs: &[Run], whole: &str, piece: &Piece) -> Vec<Part> {
    let of_run = |(run, range)| {
        let part = Piece { range, turned: piece.turned };
        Part { run, text: part.shown(whole).into_owned() }
    };
    let mut shown: Vec<Part> = parts(runs, &piece.range).map(of_run).collect();
    if piece.turned {
        shown.reverse();
    }
    shown
}

fn width_of(ui: &Ui, runs: &[Run], parts: &[Part]) -> f32 {
    let mut job = LayoutJob::default();
    job.wrap.max_width = f32::INFINITY;
    for part in parts {
        job.append(&part.text, 0.0, runs[part.run].format.clone());
    }
    if parts.is_empty() { 0.0 } else { ui.fonts_mut(|fonts| fonts.layout_job(job)).size().x }
}

/// The runs that have a part in this range of all letters, each with its part.
fn parts<'a>(runs: &'a [Run], range: &'a Range<usize>) -> impl Iterator<Item = (usize, Range<usize>)> + 'a {
    let mut start = 0;
    runs.iter().enumerate().filter_map(move |(at, run)| {
        let own = start..start + run.text.len();
        start = own.end;
        let part = own.start.max(range.start)..own.end.min(range.end);
        (part.start < part.end).then_some((at, part))
    })
}
