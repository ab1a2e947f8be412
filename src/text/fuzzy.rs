//! How well a few typed letters fit a name: its beginning, that of a word in it, a part of it, or its letters in order.
//!
//! Invariant: case and accents never matter; more of the same letters in a row never fit worse.

use super::fold;

/// Letters in order alone: how well the best of them fits, and beyond it worse by each jump.
const IN_ORDER: u32 = 4;

/// How well what was typed fits a name, 0 the best: 0 it begins so, 1 a word in it does, 3 it holds it, from 4 on its letters
/// occur in this order, from the beginning of a word. Nothing where they do not.
#[must_use]
pub fn fit(typed: &str, name: &str) -> Option<u32> {
    let (typed, name) = (fold(typed.trim()), fold(name));
    if name.starts_with(&typed) {
        return Some(0);
    }
    let letters: Vec<char> = name.chars().collect();
    let begins = |at: &usize| {
        let before = at.checked_sub(1).and_then(|before| letters.get(before));
        before.is_none_or(|c| !c.is_alphanumeric()) && letters.get(*at).is_some_and(|c| c.is_alphanumeric())
    };
    let starts: Vec<usize> = (0..letters.len()).filter(begins).collect();
    let wanted: Vec<char> = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if starts
        .iter()
        .any(|at| letters.get(*at..).is_some_and(|rest| rest.iter().copied().take(typed.len()).eq(typed.chars())))
    {
        return Some(1);
    }
    if name.contains(&typed) {
        return Some(3);
    }
    let jumps = starts.iter().filter_map(|start| jumps_from(&letters, *start, &wanted)).min()?;
    Some(IN_ORDER + jumps)
}

/// How often the letters jump on their way from here; nothing where one is missing.
fn jumps_from(letters: &[char], start: usize, wanted: &[char]) -> Option<u32> {
    let (mut at, mut jumps) = (start, 0);
    for (number, letter) in wanted.iter().enumerate() {
        let next = at + letters.get(at..)?.iter().position(|c| c == letter)?;
        if number == 0 && next != start {
            return None;
        }
        jumps += u32::from(next != at);
        at = next + 1;
    }
    Some(jumps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_fit_better_the_closer_they_stand() {
        for (typed, name, want) in [
            ("sa", "Save all", Some(0)),
            ("ÉCO", "Économie", Some(0)),
            ("all", "Save all", Some(1)),
            ("ave", "Save all", Some(3)),
            ("sal", "Save all", Some(5)),
            ("sal", "Save filter as view", Some(5)),
            ("wsa", "Save filter as view", None),
            ("svall", "Save all", Some(6)),
            ("xa", "Save all", None),
            ("", "Save all", Some(0)),
            ("ave a", "Save all", Some(3)),
        ] {
            assert_eq!(fit(typed, name), want, "{typed} in {name}");
        }
    }
}
