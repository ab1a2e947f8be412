//! Markdown as blocks and spans.
//!
//! Invariant: no text is lost but the tags of HTML; what is left open at the end is closed there.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// A part of a text that stands by itself.
#[derive(Debug, PartialEq)]
pub enum Block {
    /// A paragraph.
    Words(Vec<Span>),
    /// A heading, and its level.
    Heading(u8, Vec<Span>),
    /// Code, as it is.
    Code(String),
    /// What somebody else said.
    Quote(Vec<Block>),
    /// A list; with the number of its first item where it is numbered.
    List(Option<u64>, Vec<Item>),
    /// A table; its first row is its head.
    Table(Vec<Vec<Vec<Span>>>),
    /// A picture.
    Picture(Picture),
    /// A line.
    Rule,
}

/// A picture that a text names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// Its address, as it is written.
    pub address: String,
    /// What it shows, in words.
    pub words: String,
    /// Where it leads.
    pub link: Option<String>,
}

/// One thing in a list.
#[derive(Debug, Default, PartialEq)]
pub struct Item {
    /// Of a task: whether it is done.
    pub done: Option<bool>,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A run of text that looks the same all along.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Span {
    /// Its letters.
    pub text: String,
    /// How it looks.
    pub look: Look,
    /// Where it leads.
    pub link: Option<String>,
}

/// How a run of text looks.
#[expect(clippy::struct_excessive_bools, reason = "each is on or off by itself")]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Look {
    /// Bold.
    pub bold: bool,
    /// Italic.
    pub italic: bool,
    /// Struck through.
    pub struck: bool,
    /// Code.
    pub code: bool,
}

/// So deep go quotes and lists; what lies deeper stands at this depth.
const DEEPEST: usize = 24;

/// The blocks of a text.
pub fn blocks(text: &str) -> Vec<Block> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut reader = Reader { open: vec![Open::Top(Vec::new())], ..Reader::default() };
    for event in Parser::new_ext(text, options) {
        reader.take(event);
    }
    reader.flush();
    while reader.open.len() > 1 {
        reader.close();
    }
    match reader.open.pop() {
        Some(Open::Top(blocks)) => blocks,
        _ => Vec::new(),
    }
}

/// What was begun and is not closed yet.
enum Open {
    Top(Vec<Block>),
    Quote(Vec<Block>),
    List(Option<u64>, Vec<Item>),
    Item(Item),
    Table(Vec<Vec<Vec<Span>>>),
}

#[derive(Default)]
struct Reader {
    open: Vec<Open>,
    spans: Vec<Span>,
    /// How many of each are open.
    bold: usize,
    italic: usize,
    struck: usize,
    links: Vec<String>,
    code: Option<String>,
    /// A picture whose words are being read, and how many more were begun in them.
    picture: Option<(Picture, usize)>,
    /// Whether a heading is being read: there a picture is named.
    in_heading: bool,
    /// Quotes and lists that lie too deep to be drawn as such.
    too_deep: usize,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None => self.say(&text, false),
            },
            Event::Code(text) => self.say(&text, true),
            Event::FootnoteReference(name) => self.say(&format!("[{name}]"), false),
            Event::SoftBreak => self.say(" ", false),
            Event::HardBreak => self.say("\n", false),
            Event::InlineHtml(tag) if is_break(&tag) => self.say("\n", false),
            Event::InlineHtml(tag) => self.pictures_of_html(&tag),
            Event::Html(html) => {
                self.pictures_of_html(&html);
                self.say(without_tags(&html).trim(), false);
            }
            Event::Rule => self.push(Block::Rule),
            Event::TaskListMarker(done) => {
                if let Some(Open::Item(item)) = self.open.last_mut() {
                    item.done = Some(done);
                }
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Strong => self.bold += 1,
            Tag::Emphasis => self.italic += 1,
            Tag::Strikethrough => self.struck += 1,
            Tag::Link { dest_url, .. } => self.links.push(dest_url.into_string()),
            Tag::Image { dest_url, .. } => {
                if let Some((_, within)) = &mut self.picture {
                    *within += 1;
                } else {
                    let link = self.links.last().cloned();
                    self.picture = Some((Picture { address: dest_url.into_string(), words: String::new(), link }, 0));
                }
            }
            Tag::Heading { .. } => {
                self.flush();
                self.in_heading = true;
            }
            Tag::CodeBlock(_) => {
                self.flush();
                self.code = Some(String::new());
            }
            Tag::BlockQuote(_) => self.begin(Open::Quote(Vec::new())),
            Tag::List(first) => self.begin(Open::List(first, Vec::new())),
            Tag::Item => self.begin(Open::Item(Item::default())),
            Tag::Table(_) => self.begin(Open::Table(Vec::new())),
            Tag::TableHead | Tag::TableRow => {
                if let Some(Open::Table(rows)) = self.open.last_mut() {
                    rows.push(Vec::new());
                }
            }
            _ => self.flush_unless_cell(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => self.bold = self.bold.saturating_sub(1),
            TagEnd::Emphasis => self.italic = self.italic.saturating_sub(1),
            TagEnd::Image => match self.picture.take() {
                Some((picture, 0)) => self.show(picture),
                within => self.picture = within.map(|(picture, within)| (picture, within - 1)),
            },
            TagEnd::Strikethrough => self.struck = self.struck.saturating_sub(1),
            TagEnd::Link => {
                self.links.pop();
            }
            TagEnd::Heading(level) => {
                let spans = std::mem::take(&mut self.spans);
                self.in_heading = false;
                self.push(Block::Heading(level_of(level), spans));
            }
            TagEnd::CodeBlock => {
                let code = self.code.take().unwrap_or_default();
                self.push(Block::Code(code));
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.spans);
                if let Some(Open::Table(rows)) = self.open.last_mut()
                    && let Some(row) = rows.last_mut()
                {
                    row.push(cell);
                }
            }
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item | TagEnd::Table => {
                self.flush();
                if self.too_deep > 0 {
                    self.too_deep -= 1;
                } else if self.open.len() > 1 {
                    self.close();
                }
            }
            _ => self.flush_unless_cell(),
        }
    }

    fn begin(&mut self, what: Open) {
        self.flush();
        if self.open.len() >= DEEPEST && !matches!(what, Open::Table(_)) || self.too_deep > 0 {
            self.too_deep += 1;
        } else {
            self.open.push(what);
        }
    }

    fn close(&mut self) {
        match self.open.pop() {
            Some(Open::Quote(blocks)) => self.push(Block::Quote(blocks)),
            Some(Open::List(first, items)) => self.push(Block::List(first, items)),
            Some(Open::Table(rows)) => self.push(Block::Table(rows)),
            Some(Open::Item(item)) => match self.open.last_mut() {
                Some(Open::List(_, items)) => items.push(item),
                _ => item.blocks.into_iter().for_each(|block| self.push(block)),
            },
            Some(Open::Top(blocks)) => self.open.push(Open::Top(blocks)),
            None => {}
        }
    }

    /// A picture is a block of its own; within a heading or a cell there is but room for its name.
    fn show(&mut self, picture: Picture) {
        if self.in_heading || matches!(self.open.last(), Some(Open::Table(_))) {
            self.italic += 1;
            self.say(&format!("picture: {}", picture.words), false);
            self.italic -= 1;
        } else {
            self.flush();
            self.push(Block::Picture(picture));
        }
    }

    fn pictures_of_html(&mut self, html: &str) {
        for tag in tags(html, "img") {
            if let Some(address) = attribute(tag, "src").filter(|address| !address.is_empty()) {
                let (words, link) = (attribute(tag, "alt").unwrap_or_default(), self.links.last().cloned());
                self.show(Picture { address, words, link });
            }
        }
    }

    /// Letters of the paragraph that is being read.
    fn say(&mut self, text: &str, code: bool) {
        if let Some((picture, _)) = &mut self.picture {
            return picture.words.push_str(text);
        }
        // What comes after a picture begins a line.
        let text = if self.spans.is_empty() && !code { text.trim_start() } else { text };
        let look = Look { bold: self.bold > 0, italic: self.italic > 0, struck: self.struck > 0, code };
        let link = self.links.last().cloned();
        match self.spans.last_mut() {
            Some(last) if last.look == look && last.link == link => last.text.push_str(text),
            _ if text.is_empty() => {}
            _ => self.spans.push(Span { text: text.to_owned(), look, link }),
        }
    }

    /// A cell is closed by its own end alone.
    fn flush_unless_cell(&mut self) {
        if !matches!(self.open.last(), Some(Open::Table(_))) {
            self.flush();
        }
    }

    /// What was said until here is a paragraph.
    fn flush(&mut self) {
        let spans = std::mem::take(&mut self.spans);
        if spans.iter().any(|span| !span.text.trim().is_empty()) {
            self.push(Block::Words(spans));
        }
    }

    fn push(&mut self, block: Block) {
        match self.open.last_mut() {
            Some(Open::Top(blocks) | Open::Quote(blocks)) => blocks.push(block),
            Some(Open::Item(item)) => item.blocks.push(block),
            Some(Open::List(_, items)) => items.push(Item { done: None, blocks: vec![block] }),
            Some(Open::Table(_)) | None => {}
        }
    }
}

fn level_of(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        _ => 3,
    }
}

fn is_break(tag: &str) -> bool {
    tag.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("<br"))
}

/// The tags of this name, without what they enclose.
fn tags<'a>(html: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    html.split('<').filter_map(move |tag| {
        let (start, rest) = tag.split_at_checked(name.len())?;
        let is_it = start.eq_ignore_ascii_case(name) && rest.starts_with(|next: char| next.is_whitespace());
        is_it.then(|| rest.split('>').next()).flatten()
    })
}

/// The value of an attribute of a tag, in quotes of either kind or without.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag;
    while let Some(at) = rest.find('=') {
        let key = rest[..at].trim_end().rsplit(|c: char| c.is_whitespace()).next().unwrap_or_default();
        let value = rest[at + 1..].trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote)?,
            _ => value.split_once(char::is_whitespace).unwrap_or((value.trim_end_matches('/'), "")),
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(value.to_owned());
        }
        rest = after;
    }
    None
}

/// The letters between the tags of HTML.
fn without_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(blocks: &[Block]) -> String {
        let words = |spans: &[Span]| {
            let mut out = String::new();
            for span in spans {
                let signs =
                    [(span.look.bold, "b"), (span.look.italic, "i"), (span.look.struck, "s"), (span.look.code, "c")];
                let look: String = signs.iter().filter(|(on, _)| *on).map(|(_, sign)| *sign).collect();
                let link = span.link.as_ref().map(|link| format!("→{link}")).unwrap_or_default();
                out.push_str(&format!("{look}“{}”{link}", span.text));
            }
            out
        };
        let shown: Vec<String> = blocks
            .iter()
            .map(|block| match block {
                Block::Words(spans) => words(spans),
                Block::Heading(level, spans) => format!("h{level}{}", words(spans)),
                Block::Code(code) => format!("code{code:?}"),
                Block::Quote(inner) => format!("quote({})", text(inner)),
                Block::List(first, items) => {
                    let items: Vec<String> = items
                        .iter()
                        .map(|item| {
                            format!(
                                "{}{}",
                                item.done.map(|done| format!("{done} ")).unwrap_or_default(),
                                text(&item.blocks)
                            )
                        })
                        .collect();
                    format!("list{}[{}]", first.map(|n| n.to_string()).unwrap_or_default(), items.join(", "))
                }
                Block::Table(rows) => {
                    let rows: Vec<String> = rows
                        .iter()
                        .map(|row| row.iter().map(|cell| words(cell)).collect::<Vec<_>>().join(" "))
                        .collect();
                    format!("table[{}]", rows.join(" / "))
                }
                Block::Picture(Picture { address, words, link }) => {
                    let link = link.as_ref().map(|link| format!("→{link}")).unwrap_or_default();
                    format!("picture “{words}” of {address}{link}")
                }
                Block::Rule => "rule".to_owned(),
            })
            .collect();
        shown.join("; ")
    }

    #[test]
    fn a_text_is_cut_into_blocks_and_spans() {
        for (markdown, want) in [
            ("plain **bold *both* bold** `code` ~~no~~", "“plain ”b“bold ”bi“both”b“ bold”“ ”c“code”“ ”s“no”"),
            ("# One\ntwo\nlines  \nbroken", "h1“One”; “two lines\nbroken”"),
            ("a [link](https://x.org) b", "“a ”“link”→https://x.org“ b”"),
            ("> said\n>\n> * one\n> * two", "quote(“said”; list[“one”, “two”])"),
            ("3. three\n4. four\n   - deep", "list3[“three”, “four”; list[“deep”]]"),
            ("- [x] done\n- [ ] open", "list[true “done”, false “open”]"),
            ("```\nlet a;\n```\n\n---", "code\"let a;\\n\"; rule"),
            ("| a | **b** |\n|---|---|\n| 1 | 2 |", "table[“a” b“b” / “1” “2”]"),
            ("<div>kept</div>\n\nx<br>y <b>z</b>", "“kept”; “x\ny z”"),
            ("![what](a.png)", "picture “what” of a.png"),
            ("one ![a *b*](a.png \"t\")\ntwo", "“one ”; picture “a b” of a.png; “two”"),
            ("[![a ![b](b.png) c](a.png)](x.html) end", "picture “a b c” of a.png→x.html; “end”"),
            ("# Head ![a](a.png)", "h1“Head ”i“picture: a”"),
            ("- item\n\n  ![](a.png)", "list[“item”; picture “” of a.png]"),
            ("x <img alt='two words' src=\"a.png\"/> y", "“x ”; picture “two words” of a.png; “y”"),
            ("<p><IMG class=big src=a.png><img alt=\"none\"></p>", "picture “” of a.png"),
            ("", ""),
        ] {
            assert_eq!(text(&blocks(markdown)), want, "{markdown}");
        }
    }

    #[test]
    fn what_lies_very_deep_is_kept() {
        let deep = format!("{}end", "> ".repeat(500));
        assert!(text(&blocks(&deep)).contains("“end”"));
    }
}
