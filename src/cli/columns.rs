//! Aligned columns for a terminal.
//!
//! Invariant: with a width, no line is wider; a cell that is cut ends in an ellipsis.

use unicode_normalization::char::is_combining_mark;

use crate::text::marks;

/// Space between two columns.
const GAP: usize = 2;

/// No column is cut below this.
const NARROWEST: usize = 8;

/// Lines of a table with its head. Columns of numbers are aligned to the right.
pub(super) fn table(head: Vec<String>, rows: Vec<Vec<String>>, width: Option<usize>) -> Vec<String> {
    let rows: Vec<Vec<String>> =
        rows.into_iter().map(|row| row.iter().map(|cell| marks(cell).into_owned()).collect()).collect();
    let numeric: Vec<bool> = (0..head.len()).map(|column| is_numeric(&rows, column)).collect();
    let mut widths: Vec<usize> = head.iter().map(|name| shown_width(name)).collect();
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(shown_width(cell));
        }
    }
    if let Some(width) = width {
        fit(&mut widths, width);
    }
    std::iter::once(head).chain(rows).map(|row| line(&row, &widths, &numeric)).collect()
}

/// Takes from the widest until all fit.
fn fit(widths: &mut [usize], total: usize) {
    let gaps = GAP * widths.len().saturating_sub(1);
    loop {
        let over = (widths.iter().sum::<usize>() + gaps).saturating_sub(total);
        let Some(widest) = widths.iter_mut().max() else { return };
        if over == 0 || *widest <= NARROWEST {
            return;
        }
        *widest -= 1;
    }
}

fn line(row: &[String], widths: &[usize], numeric: &[bool]) -> String {
    let mut line = String::new();
    for ((cell, width), right) in row.iter().zip(widths).zip(numeric) {
        let cell = cut(cell, *width);
        let space = " ".repeat(width.saturating_sub(shown_width(&cell)));
        if !line.is_empty() {
            line.push_str(&" ".repeat(GAP));
        }
        if *right {
            line.push_str(&space);
            line.push_str(&cell);
        } else {
            line.push_str(&cell);
            line.push_str(&space);
        }
    }
    line.trim_end().to_owned()
}

fn cut(cell: &str, width: usize) -> String {
    if shown_width(cell) <= width {
        return cell.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for c in cell.chars() {
        used += char_width(c);
        if used > width {
            break;
        }
        kept.push(c);
    }
    kept.push('…');
    kept
}

fn is_numeric(rows: &[Vec<String>], column: usize) -> bool {
    let mut cells = rows.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty()).peekable();
    cells.peek().is_some() && cells.all(|cell| cell.parse::<f64>().is_ok())
}

fn shown_width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// Cells of a terminal that a character takes.
fn char_width(c: char) -> usize {
    match c {
        c if c.is_ascii() => 1,
        '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' => 0,
        c if is_combining_mark(c) => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1f64f}'
        | '\u{1f680}'..='\u{1f6ff}'
        | '\u{1f900}'..='\u{1f9ff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[[&str; 2]]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
    }

    #[test]
    fn columns_are_aligned_and_cut() {
        let head = vec!["heat".to_owned(), "title".to_owned()];
        let lines = table(head.clone(), rows(&[["120", "A title"], ["-1", "名前"]]), None);
        assert_eq!(lines, ["heat  title", " 120  A title", "  -1  名前"]);
        let lines = table(head, rows(&[["120", "A title that is long"], ["", "名前名前名前名前"]]), Some(16));
        assert_eq!(lines, ["heat  title", " 120  A title t…", "      名前名前…"]);
    }
}
