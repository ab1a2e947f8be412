//! The filter's language, read into a tree.
//!
//! ```text
//! query    = [ any ]
//! any      = all { "OR" all }
//! all      = not { [ "AND" ] not }
//! not      = [ "-" | "NOT" ] atom                    a "-" stands directly before what it negates
//! atom     = "(" any ")" | word | phrase | condition
//! phrase   = '"' … '"'                               \" and \\ stand for " and \
//! condition= "has:" field | "missing:" field | "is:" state | field ":" test
//! field    = name { "." name } | phrase              any path of the front matter; lists are walked through
//! test     = [ "=" | "~" ] value { "," value }       any of these values: the whole value ("="), or a part of it ("~")
//!          | ( ">" | ">=" | "<" | "<=" ) bound
//!          | [ bound ] ".." [ bound ]                both ends belong to it; one may be left out
//! value    = any text without blanks, brackets and commas | phrase
//! bound    = number | date | age
//! date     = 2020 | 2020-05 | 2020-05-06 | 2020-05-06T21:25 | today | yesterday     the whole of the time it names
//! age      = 7d | 2w | 3m | 1y                        "<7d" is younger than seven days
//! state    = changed | conflict | problem | duplicate | follower | lead | new | updated | marked | live | draft
//!          | broken-image | small-image | wrong-size
//! ```
//!
//! Words and phrases are looked for in title, excerpt and provider, everything without case and accents. A `field:value`
//! without `=` or `~` means the whole value where the field's values are short and some article has exactly this one
//! (`topics:US`), else a part of it (`related.title:vaccine`). `has:` means there is a value that is neither null nor empty;
//! `missing:` is its opposite. Operators are in capitals: `or` is a word.
//!
//! Invariant: every node has its span in the text, so that a mistake can be underlined and a chip can be clicked away.

use super::operand::Bound;
use super::{QueryError, Token, TokenKind};
use crate::catalog::fold::fold;
use crate::document::FieldPath;
use crate::text::Span;

/// A part of a query.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Test(Test),
}

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    /// Folded words that stand together in title, excerpt or provider.
    Words(String),
    Field(FieldPath, Ask),
    Has(FieldPath),
    Missing(FieldPath),
    Is(State),
}

/// What is asked of a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ask {
    AnyOf(Match, Vec<Wish>),
    Compare(Comparison, Bound),
    Between(Option<Bound>, Option<Bound>),
}

/// How a text has to match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    Fitting,
    Whole,
    Part,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
}

/// A value that is looked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wish {
    /// As it was written, without quotes.
    pub(super) raw: String,
    pub(super) folded: String,
    pub(super) bound: Option<Bound>,
}

/// What an article can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Changed,
    Conflict,
    Problem,
    Duplicate,
    Follower,
    Lead,
    New,
    Updated,
    Marked,
    Live,
    Draft,
    BrokenImage,
    SmallImage,
    WrongSize,
}

const STATES: [(&str, State); 15] = [
    ("changed", State::Changed),
    ("conflict", State::Conflict),
    ("problem", State::Problem),
    ("duplicate", State::Duplicate),
    ("follower", State::Follower),
    ("lead", State::Lead),
    ("new", State::New),
    ("updated", State::Updated),
    ("marked", State::Marked),
    ("live", State::Live),
    ("published", State::Live),
    ("draft", State::Draft),
    ("broken-image", State::BrokenImage),
    ("small-image", State::SmallImage),
    ("wrong-size", State::WrongSize),
];

/// A condition or bracket that all others stand beside: what can be clicked away alone.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) span: Span,
    pub(super) negated: bool,
    pub(super) test: Option<Test>,
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Parsed {
    pub(super) root: Option<Node>,
    pub(super) tokens: Vec<Token>,
    /// The conjuncts at the top; empty where an `OR` stands at the top.
    pub(super) parts: Vec<Part>,
}

/// Deeper brackets are refused, for reading them goes deep too.
const DEEPEST: usize = 64;

pub(super) fn parse(text: &str) -> Result<Parsed, QueryError> {
    let mut parser = Parser { text, at: 0, depth: 0, tokens: Vec::new(), parts: Vec::new() };
    parser.blanks();
    if parser.at == text.len() {
        return Ok(Parsed::default());
    }
    let root = parser.any()?;
    if parser.at < text.len() {
        return Err(error(parser.at, parser.at + 1, "This bracket closes nothing"));
    }
    if matches!(root, Node::Any(_)) {
        parser.parts.clear();
    }
    Ok(Parsed { root: Some(root), tokens: parser.tokens, parts: parser.parts })
}

fn error(start: usize, end: usize, message: impl Into<String>) -> QueryError {
    QueryError { span: Span::new(start, end), message: message.into() }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    tokens: Vec<Token>,
    parts: Vec<Part>,
}

impl<'t> Parser<'t> {
    fn any(&mut self) -> Result<Node, QueryError> {
        let mut nodes = vec![self.all()?];
        while self.operator("OR") {
            nodes.push(self.all()?);
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::Any(nodes) })
    }

    fn all(&mut self) -> Result<Node, QueryError> {
        let mut nodes = Vec::new();
        loop {
            self.blanks();
            if !nodes.is_empty() {
                if matches!(self.peek(), None | Some(')')) || self.is_operator("OR") {
                    break;
                }
                self.operator("AND");
            }
            nodes.push(self.not()?);
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::All(nodes) })
    }

    fn not(&mut self) -> Result<Node, QueryError> {
        self.blanks();
        let start = self.at;
        let negated = if self.rest().starts_with('-') && self.rest()[1..].starts_with(|c: char| !c.is_whitespace()) {
            self.at += 1;
            true
        } else {
            self.operator("NOT")
        };
        self.blanks();
        if negated && self.rest().starts_with('-') {
            return Err(error(
                self.at,
                self.text.len().min(self.at + self.rest().len()),
                "A “-” stands behind another",
            ));
        }
        let node = self.atom(start, negated)?;
        if self.depth == 0 {
            let test = if let Node::Test(test) = &node { Some(test.clone()) } else { None };
            self.parts.push(Part { span: Span::new(start, self.at), negated, test });
        }
        Ok(if negated { Node::Not(Box::new(node)) } else { node })
    }

    fn atom(&mut self, start: usize, negated: bool) -> Result<Node, QueryError> {
        match self.peek() {
            None if negated => return Err(error(start, self.at, "What shall it not be?")),
            None => return Err(error(self.last_operator(), self.at, "Something is missing behind this")),
            Some(')') => return Err(error(self.at, self.at + 1, "This bracket closes nothing, or closes too early")),
            Some('(') => {}
            Some(_) => return self.condition(start, negated),
        }
        let open = self.at;
        self.token(Span::new(open, open + 1), TokenKind::Bracket, negated);
        self.at += 1;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(error(open, open + 1, format!("Brackets may not be deeper than {DEEPEST}")));
        }
        let node = self.any()?;
        self.blanks();
        if self.peek() != Some(')') {
            return Err(error(open, open + 1, "This bracket is not closed"));
        }
        self.token(Span::new(self.at, self.at + 1), TokenKind::Bracket, false);
        self.at += 1;
        self.depth -= 1;
        Ok(node)
    }

    fn condition(&mut self, start: usize, negated: bool) -> Result<Node, QueryError> {
        let from = self.at;
        let is_phrase = self.peek() == Some('"');
        let head = if is_phrase { self.phrase()? } else { self.run(|c| c == ':' || c == '"') };
        let is_field = self.peek() == Some(':') && is_field_name(&head, is_phrase) && !self.rest().starts_with("://");
        let (test, kind) = if is_field {
            self.at += 1;
            self.field(from, &head, is_phrase)?
        } else {
            let more = if is_phrase { String::new() } else { self.run(|_| false) };
            let words = fold(&format!("{head}{more}"));
            (Test::Words(words), if is_phrase { TokenKind::Phrase } else { TokenKind::Word })
        };
        self.token(Span::new(start, self.at), kind, negated);
        Ok(Node::Test(test))
    }

    fn field(&mut self, from: usize, name: &str, quoted: bool) -> Result<(Test, TokenKind), QueryError> {
        if matches!(self.peek(), None | Some(')')) || self.peek().is_some_and(char::is_whitespace) {
            return Err(error(from, self.at, format!("What shall “{name}” be? Write it behind the colon")));
        }
        let value_from = self.at;
        match name {
            "has" | "missing" if !quoted => {
                let field = FieldPath::parse(&self.value()?);
                Ok(if name == "has" {
                    (Test::Has(field), TokenKind::Has)
                } else {
                    (Test::Missing(field), TokenKind::Missing)
                })
            }
            "is" if !quoted => {
                let word = self.value()?.to_lowercase();
                let state = STATES.into_iter().find(|(name, _)| *name == word).map(|(_, state)| state);
                let names = || STATES.map(|(name, _)| name).join(", ");
                let unknown = || error(value_from, self.at, format!("“{word}” is none of {}", names()));
                Ok((Test::Is(state.ok_or_else(unknown)?), TokenKind::Is))
            }
            _ => Ok((Test::Field(FieldPath::parse(name), self.ask()?), TokenKind::Field)),
        }
    }

    fn ask(&mut self) -> Result<Ask, QueryError> {
        let comparisons = [
            (">=", Comparison::MoreOrEqual),
            ("<=", Comparison::LessOrEqual),
            (">", Comparison::More),
            ("<", Comparison::Less),
        ];
        for (sign, comparison) in comparisons {
            if self.rest().starts_with(sign) {
                let from = self.at;
                self.at += sign.len();
                let value = self.run(|_| false);
                if value.is_empty() {
                    return Err(error(from, self.at, format!("What comes behind “{sign}”?")));
                }
                return Ok(Ask::Compare(comparison, self.bound(from + sign.len(), &value)?));
            }
        }
        let matching = match self.peek() {
            Some('=') => Match::Whole,
            Some('~') => Match::Part,
            _ => Match::Fitting,
        };
        if matching != Match::Fitting {
            self.at += 1;
        }
        let from = self.at;
        let mut wishes = vec![self.wish()?];
        if let Some((low, high)) = self.range(matching, from) {
            return self.between(from, &low, &high);
        }
        while self.peek() == Some(',') {
            self.at += 1;
            if matches!(self.peek(), None | Some(')' | ',')) || self.peek().is_some_and(char::is_whitespace) {
                return Err(error(self.at - 1, self.at, "A value is missing behind the comma"));
            }
            wishes.push(self.wish()?);
        }
        Ok(Ask::AnyOf(matching, wishes))
    }

    /// The two ends, where what was read is a range and not a quoted text.
    fn range(&self, matching: Match, from: usize) -> Option<(String, String)> {
        let written = self.text.get(from..self.at)?;
        if matching != Match::Fitting || written.starts_with('"') {
            return None;
        }
        let (low, high) = written.split_once("..")?;
        Some((low.to_owned(), high.to_owned()))
    }

    fn between(&self, from: usize, low: &str, high: &str) -> Result<Ask, QueryError> {
        if low.is_empty() && high.is_empty() {
            return Err(error(from, self.at, "A range needs a number or a date on one side of “..” at least"));
        }
        let end = |at: usize, text: &str| (!text.is_empty()).then(|| self.bound(at, text)).transpose();
        Ok(Ask::Between(end(from, low)?, end(from + low.len() + 2, high)?))
    }

    fn bound(&self, from: usize, text: &str) -> Result<Bound, QueryError> {
        let wrong = || format!("“{text}” is neither a number (95) nor a date (2020-05) nor an age (7d)");
        Bound::parse(text).ok_or_else(|| error(from, self.at, wrong()))
    }

    fn wish(&mut self) -> Result<Wish, QueryError> {
        let quoted = self.peek() == Some('"');
        let raw = self.value()?;
        let bound = if quoted { None } else { Bound::parse(&raw) };
        Ok(Wish { folded: fold(&raw), raw, bound })
    }

    fn value(&mut self) -> Result<String, QueryError> {
        let from = self.at;
        let value = if self.peek() == Some('"') { self.phrase()? } else { self.run(|c| c == ',') };
        if value.is_empty() && self.at == from {
            return Err(error(from.saturating_sub(1), self.at, "A value is missing here"));
        }
        Ok(value)
    }

    fn phrase(&mut self) -> Result<String, QueryError> {
        let open = self.at;
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((offset, c)) = chars.next() {
            match c {
                '"' => {
                    self.at = open + offset + 1;
                    return Ok(text);
                }
                '\\' => text.extend(chars.next().map(|(_, c)| c)),
                c => text.push(c),
            }
        }
        Err(error(open, self.text.len(), "The quote is not closed"))
    }

    /// Takes characters up to a blank, a bracket or one that `stop` names.
    fn run(&mut self, stop: impl Fn(char) -> bool) -> String {
        let rest = self.rest();
        let length = rest.find(|c: char| c.is_whitespace() || c == '(' || c == ')' || stop(c)).unwrap_or(rest.len());
        let taken = rest[..length].to_owned();
        self.at += length;
        taken
    }

    fn operator(&mut self, word: &str) -> bool {
        self.blanks();
        let is = self.is_operator(word);
        if is {
            self.token(Span::new(self.at, self.at + word.len()), TokenKind::Operator, false);
            self.at += word.len();
        }
        is
    }

    fn is_operator(&self, word: &str) -> bool {
        let behind = self.rest().strip_prefix(word);
        behind.is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace() || c == '(' || c == ')')
        })
    }

    fn last_operator(&self) -> usize {
        self.tokens.last().map_or(0, |token| token.span.start)
    }

    fn token(&mut self, span: Span, kind: TokenKind, negated: bool) {
        self.tokens.push(Token { span, kind, negated });
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

/// Whether this may stand before a colon. `12:30` and `https://…` are words.
fn is_field_name(name: &str, quoted: bool) -> bool {
    if quoted {
        !name.is_empty()
    } else {
        name.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '$' | '@'))
    }
}
