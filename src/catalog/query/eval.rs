//! A query carried out: a set of bits for each chunk of rows, made from columns.
//!
//! Invariant: a plan looks at a snapshot and changes nothing but what chunks remember of themselves (folded texts), so chunks
//! can be searched at the same time and in any order.

use memchr::memmem::Finder;
use rayon::prelude::*;

use super::grammar::{Ask, Comparison, Match, Node, State, Test, Wish};
use super::operand::{Bound, DAY, Seconds};
use super::{Facts, Query};
use crate::article::moment::moment;
use crate::catalog::column::{CHUNK, Chunk, Column, NULL_ITEM, Tag, item_text};
use crate::catalog::fold::fold;
use crate::catalog::rows::{NO_DATE, Row};
use crate::catalog::{ArticleId, Catalog, Cell, ColumnKey, Computed, Shared};

/// Fields whose values are this long or shorter on average, in bytes, hold names rather than prose.
const SHORT_VALUES: usize = 40;

/// A row of bits, one for each row of a chunk.
#[derive(Clone, Copy, PartialEq)]
struct Bits([u64; CHUNK / 64]);

impl Bits {
    const NONE: Self = Self([0; CHUNK / 64]);

    fn set(&mut self, row: usize) {
        if let Some(word) = self.0.get_mut(row / 64) {
            *word |= 1 << (row % 64);
        }
    }

    fn has(&self, row: usize) -> bool {
        self.0.get(row / 64).is_some_and(|word| word & 1 << (row % 64) != 0)
    }

    fn keep(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, other)| *mine &= other);
    }

    fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, other)| *mine |= other);
    }

    fn drop(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, other)| *mine &= !other);
    }

    fn rows(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(at, word)| {
            let mut word = *word;
            std::iter::from_fn(move || {
                let bit = word.trailing_zeros() as usize;
                word &= word.wrapping_sub(1);
                (bit < 64).then_some(at * 64 + bit)
            })
        })
    }
}

/// A query made ready for one snapshot.
pub(super) struct Plan<'c> {
    shared: &'c Shared,
    catalog: &'c Catalog,
    root: Option<Step<'c>>,
}

#[expect(clippy::large_enum_variant, reason = "a plan has a handful of steps, and is made once a question")]
enum Step<'c> {
    All(Vec<Step<'c>>),
    Any(Vec<Step<'c>>),
    Not(Box<Step<'c>>),
    Words(Finder<'static>),
    /// Some text of these columns is one of these, or contains one.
    Texts {
        columns: Vec<&'c Column>,
        whole: Vec<String>,
        parts: Vec<Finder<'static>>,
    },
    /// A number or date of this column lies in one of these ranges.
    Ranges(&'c Column, Vec<Range>),
    /// A cell of this column is this.
    Truth(&'c Column, bool),
    Filled(&'c Column),
    /// A column that is worked out: asked cell by cell.
    Computed(Computed, Vec<Wanted>),
    FilledComputed(Computed),
    Some(Vec<ArticleId>),
    State(u8),
    Problem,
    Lead,
    Nothing,
}

/// What a cell may be.
#[expect(clippy::large_enum_variant, reason = "a test has a handful of values")]
enum Wanted {
    Whole(String),
    Part(Finder<'static>),
    Range(Range),
}

/// Numbers and moments from here to there, both ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Range {
    numbers: Option<(f64, f64, bool, bool)>,
    seconds: Option<(i64, i64)>,
}

impl<'c> Plan<'c> {
    pub(super) fn of(query: &Query, catalog: &'c Catalog, facts: &Facts) -> Self {
        let planner = Planner { catalog, shared: &catalog.shared, facts };
        Self { shared: &catalog.shared, catalog, root: query.parsed.root.as_ref().map(|root| planner.step(root)) }
    }

    /// All articles that fit.
    pub(super) fn rows(&self, cancelled: &(dyn Fn() -> bool + Sync)) -> Option<Vec<ArticleId>> {
        let chunks: Option<Vec<Bits>> = (0..self.shared.rows.chunks.len())
            .into_par_iter()
            .map(|chunk| (!cancelled()).then(|| self.chunk(chunk)))
            .collect();
        let chunks = chunks?;
        let rows = chunks.iter().enumerate();
        Some(rows.flat_map(|(at, bits)| bits.rows().map(move |row| ArticleId((at * CHUNK + row) as u32))).collect())
    }

    pub(super) fn fits(&self, article: ArticleId) -> bool {
        self.chunk(article.row() / CHUNK).has(article.row() % CHUNK)
    }

    fn chunk(&self, chunk: usize) -> Bits {
        let mut bits = Bits::NONE;
        for (row, facts) in self.shared.rows.chunks.get(chunk).into_iter().flat_map(|rows| rows.iter()).enumerate() {
            if facts.has(Row::PRESENT) {
                bits.set(row);
            }
        }
        if let Some(root) = &self.root {
            bits.keep(&self.ask(root, chunk, &bits));
        }
        bits
    }

    /// The rows that a step finds. `among`: the only ones that matter.
    #[expect(clippy::too_many_lines, reason = "an arm a kind of step")]
    fn ask(&self, step: &Step<'c>, chunk: usize, among: &Bits) -> Bits {
        let mut found = Bits::NONE;
        match step {
            Step::All(steps) => {
                found = *among;
                for step in steps {
                    if found == Bits::NONE {
                        break;
                    }
                    let next = self.ask(step, chunk, &found);
                    found.keep(&next);
                }
            }
            Step::Any(steps) => steps.iter().for_each(|step| found.add(&self.ask(step, chunk, among))),
            Step::Not(step) => {
                found = *among;
                found.drop(&self.ask(step, chunk, among));
            }
            Step::Words(finder) => {
                if let Some(words) = self.shared.words(chunk) {
                    words.containing(finder, |row| found.set(row));
                }
            }
            Step::Texts { columns, whole, parts } => {
                for chunk in columns.iter().filter_map(|column| column.chunk(chunk)) {
                    let folded = chunk.folded(&self.shared.pool);
                    for text in whole {
                        folded.equal_to(text, |row| found.set(row));
                    }
                    for part in parts {
                        folded.containing(part, |row| found.set(row));
                    }
                }
            }
            Step::Ranges(column, ranges) => {
                if let Some(chunk) = column.chunk(chunk) {
                    self.in_ranges(chunk, ranges, &mut found);
                }
            }
            Step::Truth(column, yes) => {
                let tag = if *yes { Tag::True } else { Tag::False };
                mark(column.chunk(chunk), &mut found, |chunk, row| chunk.tag(row) == tag);
            }
            Step::Filled(column) => mark(column.chunk(chunk), &mut found, is_filled),
            Step::Some(ids) => {
                let from = ids.partition_point(|id| id.row() < chunk * CHUNK);
                let here = ids.iter().skip(from).take_while(|id| id.row() < (chunk + 1) * CHUNK);
                here.for_each(|id| found.set(id.row() % CHUNK));
            }
            Step::State(state) => self.mark_rows(chunk, &mut found, |row| row.has(*state)),
            Step::Problem => self.mark_rows(chunk, &mut found, |row| row.problems.0 != 0),
            Step::Lead => self.mark_rows(chunk, &mut found, |row| row.related > 0 && !row.has(Row::FOLLOWER)),
            Step::Computed(computed, wanted) => self.ask_computed(*computed, wanted, chunk, among, &mut found),
            Step::FilledComputed(Computed::Date) => self.mark_rows(chunk, &mut found, |row| row.date != NO_DATE),
            Step::FilledComputed(computed) => {
                for row in among.rows() {
                    let id = ArticleId((chunk * CHUNK + row) as u32);
                    let cell = self.catalog.cell(id, &ColumnKey::Computed(*computed));
                    if cell.is_something() && cell != Cell::Number(0.0) {
                        found.set(row);
                    }
                }
            }
            Step::Nothing => {}
        }
        found
    }

    fn in_ranges(&self, chunk: &Chunk, ranges: &[Range], found: &mut Bits) {
        for (row, tag) in chunk.tags.iter().enumerate() {
            let fits = match tag {
                Tag::Integer | Tag::Wide | Tag::Entries => {
                    chunk.number(row).is_some_and(|number| ranges.iter().any(|range| range.has_number(number)))
                }
                Tag::Date => chunk.date(row).is_some_and(|(at, _)| ranges.iter().any(|range| range.has_second(at))),
                Tag::List => chunk.list(row).iter().any(|item| {
                    let text = item_text(*item, &self.shared.pool).unwrap_or_default();
                    ranges.iter().any(|range| range.has_text(text))
                }),
                _ => false,
            };
            if fits {
                found.set(row);
            }
        }
    }

    fn ask_computed(&self, computed: Computed, wanted: &[Wanted], chunk: usize, among: &Bits, found: &mut Bits) {
        let key = ColumnKey::Computed(computed);
        for row in among.rows() {
            let id = ArticleId((chunk * CHUNK + row) as u32);
            let fits = match self.catalog.cell(id, &key) {
                Cell::Number(number) => wanted.iter().any(|wanted| wanted.is_number(number)),
                Cell::Date { seconds, .. } => wanted.iter().any(|wanted| wanted.is_second(seconds)),
                Cell::Text(text) => {
                    let folded = fold(text);
                    wanted.iter().any(|wanted| wanted.is_text(&folded))
                }
                _ => false,
            };
            if fits {
                found.set(row);
            }
        }
    }

    fn mark_rows(&self, chunk: usize, found: &mut Bits, fits: impl Fn(&Row) -> bool) {
        for (row, facts) in self.shared.rows.chunks.get(chunk).into_iter().flat_map(|rows| rows.iter()).enumerate() {
            if fits(facts) {
                found.set(row);
            }
        }
    }
}

fn mark(chunk: Option<&Chunk>, found: &mut Bits, fits: impl Fn(&Chunk, usize) -> bool) {
    let Some(chunk) = chunk else { return };
    for row in 0..chunk.tags.len() {
        if fits(chunk, row) {
            found.set(row);
        }
    }
}

fn is_filled(chunk: &Chunk, row: usize) -> bool {
    match chunk.tag(row) {
        Tag::Missing | Tag::Null => false,
        Tag::Text | Tag::Entries => chunk.word(row) != 0,
        Tag::List => chunk.list(row).iter().any(|item| *item != NULL_ITEM),
        Tag::False | Tag::True | Tag::Integer | Tag::Wide | Tag::Date | Tag::Opaque => true,
    }
}

/// Makes a plan.
struct Planner<'c, 'f> {
    catalog: &'c Catalog,
    shared: &'c Shared,
    facts: &'f Facts,
}

impl<'c> Planner<'c, '_> {
    fn step(&self, node: &Node) -> Step<'c> {
        match node {
            Node::All(nodes) => {
                let mut steps: Vec<_> = nodes.iter().map(|node| self.step(node)).collect();
                steps.sort_by_key(Step::cost);
                Step::All(steps)
            }
            Node::Any(nodes) => Step::Any(nodes.iter().map(|node| self.step(node)).collect()),
            Node::Not(node) => Step::Not(Box::new(self.step(node))),
            Node::Test(Test::Words(words)) => Step::Words(Finder::new(words).into_owned()),
            Node::Test(Test::Is(state)) => self.state(*state),
            Node::Test(Test::Has(field)) => self.filled(field),
            Node::Test(Test::Missing(field)) => Step::Not(Box::new(self.filled(field))),
            Node::Test(Test::Field(field, ask)) => self.field(&self.catalog.column(&field.to_string()), ask),
        }
    }

    fn filled(&self, field: &crate::document::FieldPath) -> Step<'c> {
        match self.catalog.column(&field.to_string()) {
            ColumnKey::Computed(computed) => Step::FilledComputed(computed),
            ColumnKey::Field(field) => self.shared.field(&field).map_or(Step::Nothing, Step::Filled),
        }
    }

    fn state(&self, state: State) -> Step<'c> {
        let in_order = |mut ids: Vec<ArticleId>| {
            ids.sort_unstable();
            Step::Some(ids)
        };
        let sorted = |set: &std::collections::HashSet<ArticleId>| in_order(set.iter().copied().collect());
        match state {
            State::Changed => sorted(&self.facts.changed),
            State::Conflict => sorted(&self.facts.conflict),
            State::Duplicate => in_order(self.facts.duplicate.keys().copied().collect()),
            State::New => sorted(&self.facts.new),
            State::Updated => sorted(&self.facts.updated),
            State::Marked => sorted(&self.facts.marked),
            State::BrokenImage => sorted(&self.facts.broken_image),
            State::SmallImage => sorted(&self.facts.small_image),
            State::WrongSize => sorted(&self.facts.wrong_size),
            State::Problem => Step::Any(vec![Step::Problem, sorted(&self.facts.problem)]),
            State::Follower => Step::State(Row::FOLLOWER),
            State::Live => Step::State(Row::LIVE),
            State::Draft => Step::State(Row::NOT_LIVE),
            State::Lead => Step::Lead,
        }
    }

    fn field(&self, key: &ColumnKey, ask: &Ask) -> Step<'c> {
        let ranges: Vec<Range> = match ask {
            Ask::AnyOf(Match::Part, _) => Vec::new(),
            Ask::AnyOf(_, wishes) => {
                let bounds = wishes.iter().filter_map(|wish| wish.bound.as_ref());
                bounds.map(|bound| self.range(Some(bound), Some(bound), None)).collect()
            }
            Ask::Compare(comparison, bound) => vec![self.range(Some(bound), None, Some(*comparison))],
            Ask::Between(low, high) => vec![self.range(low.as_ref(), high.as_ref(), None)],
        };
        let wishes = if let Ask::AnyOf(matching, wishes) = ask { Some((*matching, wishes)) } else { None };
        match key {
            ColumnKey::Computed(computed) => {
                let texts = wishes.into_iter().flat_map(|(matching, wishes)| {
                    wishes.iter().map(move |wish| {
                        if matching == Match::Whole { Wanted::Whole(wish.folded.clone()) } else { wish.part() }
                    })
                });
                Step::Computed(*computed, ranges.into_iter().map(Wanted::Range).chain(texts).collect())
            }
            ColumnKey::Field(field) => {
                let Some(column) = self.shared.field(field) else { return Step::Nothing };
                let mut steps = Vec::new();
                if !ranges.is_empty() {
                    steps.push(Step::Ranges(column, ranges));
                }
                if let Some((matching, wishes)) = wishes {
                    steps.extend(wishes.iter().filter_map(Wish::truth).map(|yes| Step::Truth(column, yes)));
                    steps.push(self.texts(column, matching, wishes));
                }
                Step::Any(steps)
            }
        }
    }

    /// The step for texts of a field, or of all fields in it where it is a map.
    fn texts(&self, column: &'c Column, matching: Match, wishes: &[Wish]) -> Step<'c> {
        let mut columns = vec![column];
        if column.chunks.iter().any(|chunk| chunk.tags.contains(&Tag::Entries)) {
            let inner = |name: &str| name.strip_prefix(&*column.name).is_some_and(|rest| rest.starts_with('.'));
            columns.extend(self.shared.columns.iter().filter(|column| inner(&column.name)));
        }
        let (mut whole, mut parts) = (Vec::new(), Vec::new());
        let holds_names = matching == Match::Fitting && self.holds_names(&columns);
        for wish in wishes {
            let fits = match matching {
                Match::Whole => true,
                Match::Part => false,
                Match::Fitting => wish.folded.is_empty() || (holds_names && self.is_somewhere(&columns, &wish.folded)),
            };
            if fits {
                whole.push(wish.folded.clone());
            } else {
                parts.push(Finder::new(&wish.folded).into_owned());
            }
        }
        Step::Texts { columns, whole, parts }
    }

    fn holds_names(&self, columns: &[&Column]) -> bool {
        let chunks = columns.iter().flat_map(|column| &column.chunks);
        let (bytes, count) = chunks
            .map(|chunk| chunk.folded(&self.shared.pool).size())
            .fold((0, 0), |(bytes, count), (more_bytes, more)| (bytes + more_bytes, count + more));
        bytes <= count * SHORT_VALUES
    }

    fn is_somewhere(&self, columns: &[&Column], text: &str) -> bool {
        columns.iter().flat_map(|column| &column.chunks).any(|chunk| {
            let mut is_here = false;
            chunk.folded(&self.shared.pool).equal_to(text, |_| is_here = true);
            is_here
        })
    }

    fn range(&self, low: Option<&Bound>, high: Option<&Bound>, comparison: Option<Comparison>) -> Range {
        let seconds = |bound: Option<&Bound>| bound.and_then(|bound| bound.seconds(self.facts.today));
        let number = |bound: Option<&Bound>| bound.and_then(|bound| bound.number);
        let Some(comparison) = comparison else {
            return Range {
                numbers: numbers_between(low, high),
                seconds: seconds_between(seconds(low), seconds(high)),
            };
        };
        let numbers = number(low).map(|number| match comparison {
            Comparison::Less => (f64::NEG_INFINITY, number, true, false),
            Comparison::LessOrEqual => (f64::NEG_INFINITY, number, true, true),
            Comparison::More => (number, f64::INFINITY, false, true),
            Comparison::MoreOrEqual => (number, f64::INFINITY, true, true),
        });
        let seconds = seconds(low).map(|seconds| match (seconds, comparison) {
            (Seconds::Time(start, _), Comparison::Less) | (Seconds::Age(start), Comparison::More) => {
                (NO_DATE + 1, start - 1)
            }
            (Seconds::Time(_, end), Comparison::LessOrEqual) => (NO_DATE + 1, end - 1),
            (Seconds::Time(_, end), Comparison::More) => (end, i64::MAX),
            // Older is earlier, so that "less than seven days" means later.
            (Seconds::Time(start, _), Comparison::MoreOrEqual)
            | (Seconds::Age(start), Comparison::Less | Comparison::LessOrEqual) => (start, i64::MAX),
            (Seconds::Age(start), Comparison::MoreOrEqual) => (NO_DATE + 1, start + DAY - 1),
        });
        Range { numbers, seconds }
    }
}

fn numbers_between(low: Option<&Bound>, high: Option<&Bound>) -> Option<(f64, f64, bool, bool)> {
    let end = |bound: Option<&Bound>, open: f64| bound.map_or(Some(open), |bound| bound.number);
    Some((end(low, f64::NEG_INFINITY)?, end(high, f64::INFINITY)?, true, true))
}

fn seconds_between(low: Option<Seconds>, high: Option<Seconds>) -> Option<(i64, i64)> {
    match (low, high) {
        (None, None) => None,
        // An age alone: so old at most. Two ages: between them, whichever is named first.
        (Some(Seconds::Age(start)), Some(Seconds::Age(other))) if start != other => {
            Some((start.min(other), start.max(other) + DAY - 1))
        }
        (Some(Seconds::Age(start)), Some(Seconds::Age(_))) | (None, Some(Seconds::Age(start))) => {
            Some((start, i64::MAX))
        }
        (Some(Seconds::Age(start)), None) => Some((NO_DATE + 1, start + DAY - 1)),
        (low, high) => {
            let start = match low {
                Some(Seconds::Time(start, _) | Seconds::Age(start)) => start,
                None => NO_DATE + 1,
            };
            let end = match high {
                Some(Seconds::Time(_, end)) => end - 1,
                Some(Seconds::Age(start)) => start + DAY - 1,
                None => i64::MAX,
            };
            Some((start, end))
        }
    }
}

impl Step<'_> {
    /// What is cheap and finds little comes first among conditions that must all hold.
    const fn cost(&self) -> u8 {
        match self {
            Self::Nothing | Self::Some(_) | Self::State(_) | Self::Problem | Self::Lead => 0,
            Self::Ranges(..) | Self::Truth(..) | Self::Filled(_) => 1,
            Self::All(_) | Self::Any(_) | Self::Not(_) | Self::FilledComputed(_) => 2,
            Self::Texts { .. } => 3,
            Self::Words(_) => 4,
            Self::Computed(..) => 5,
        }
    }
}

impl Range {
    fn has_number(&self, number: f64) -> bool {
        self.numbers.is_some_and(|(low, high, with_low, with_high)| {
            (number > low || with_low && number >= low) && (number < high || with_high && number <= high)
        })
    }

    fn has_second(&self, second: i64) -> bool {
        self.seconds.is_some_and(|(start, end)| (start..=end).contains(&second))
    }

    /// A text of a list: a number or a date as it is written.
    fn has_text(&self, text: &str) -> bool {
        if self.numbers.is_some() && text.parse().is_ok_and(|number| self.has_number(number)) {
            return true;
        }
        self.seconds.is_some() && moment(text).is_some_and(|second| self.has_second(second))
    }
}

impl Wanted {
    fn is_number(&self, number: f64) -> bool {
        matches!(self, Self::Range(range) if range.has_number(number))
    }

    fn is_second(&self, second: i64) -> bool {
        matches!(self, Self::Range(range) if range.has_second(second))
    }

    fn is_text(&self, folded: &str) -> bool {
        match self {
            Self::Whole(text) => text == folded,
            Self::Part(part) => part.find(folded.as_bytes()).is_some(),
            Self::Range(_) => false,
        }
    }
}

impl Wish {
    /// Yes or no, where the word means one of these.
    fn truth(&self) -> Option<bool> {
        match self.folded.as_str() {
            "true" | "yes" => Some(true),
            "false" | "no" => Some(false),
            _ => None,
        }
    }

    fn part(&self) -> Wanted {
        Wanted::Part(Finder::new(&self.folded).into_owned())
    }
}
