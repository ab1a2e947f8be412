//! Articles made up for measuring: the fields and lengths of a news site, about 2 KB each, the same at every run.
#![allow(dead_code, reason = "each bench uses its part of it")]

use std::fmt::Write as _;

use copydesk::file::SitePath;

const WHO: [&str; 12] = [
    "Health officials",
    "City council",
    "Researchers",
    "A school district",
    "The governor",
    "Local retailers",
    "Union leaders",
    "The central bank",
    "Scientists",
    "Small businesses",
    "The museum",
    "Bus drivers",
];
const DO: [&str; 12] = [
    "report",
    "approve",
    "delay",
    "question",
    "announce",
    "prepare for",
    "warn of",
    "welcome",
    "review",
    "extend",
    "track",
    "test",
];
const WHAT: [&str; 12] = [
    "new cases",
    "a reopening plan",
    "free testing",
    "stricter rules",
    "a vaccine trial",
    "job losses",
    "travel limits",
    "remote classes",
    "a budget gap",
    "mask rules",
    "a rail link",
    "a price freeze",
];
const WHERE: [&str; 10] = [
    "Harbour City",
    "Northfield",
    "Lake County",
    "Oakridge",
    "São Marco",
    "Westport",
    "Riverton",
    "Kingsbridge",
    "East Bay",
    "Ostrava",
];
const TOPICS: [&str; 8] = ["US", "Health", "Economy", "Travel", "Education", "World", "Science", "Front Page"];

/// A number that follows from two others, evenly spread below `below`.
fn pick(i: usize, salt: u64, below: usize) -> usize {
    let mut hash = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ hash >> 29).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((hash >> 32) as usize) % below
}

fn sentence(i: usize, salt: u64) -> String {
    let (who, what) = (WHO[pick(i, salt, WHO.len())], WHAT[pick(i, salt + 2, WHAT.len())]);
    let (does, place) = (DO[pick(i, salt + 1, DO.len())], WHERE[pick(i, salt + 3, WHERE.len())]);
    format!("{who} {does} {what} in {place}, {} of {} in all", pick(i, salt + 4, 9973), pick(i, salt + 5, 997))
}

/// Where the article lies.
pub fn path(i: usize) -> SitePath {
    let name = format!("_news/2020-{:02}-{:02}-a-story-of-that-day-{i}.md", pick(i, 1, 12) + 1, pick(i, 2, 28) + 1);
    SitePath::new(&name).unwrap_or_else(|_| SitePath::unknown())
}

/// The article's text.
pub fn article(i: usize) -> String {
    let (title, excerpt) = (sentence(i, 10), format!("{}. {}", sentence(i, 20), sentence(i, 30)));
    let (paper, quality) = (pick(i, 40, 1200), pick(i, 41, 140));
    let address = format!(
        "https://www.paper{paper}.example/2020/{}/{}-{i}",
        pick(i, 1, 12) + 1,
        "a-long-name-of-the-story".repeat(2)
    );
    let mut text = format!(
        "---\ncategory: news\ntitle: \"{title}\"\nexcerpt: \"{excerpt}\"\npublishedDateTime: 2020-{:02}-{:02}T{:02}:25:00Z\n\
         webUrl: \"{address}\"\nampWebUrl: \"{address}/amp/\"\ntype: article\nquality: {quality}\nheat: {}\npublished: {}\n\n\
         provider:\n  name: Paper {paper}\n  domain: paper{paper}.example\n\ntopics:\n",
        pick(i, 1, 12) + 1,
        pick(i, 2, 28) + 1,
        pick(i, 3, 24),
        if pick(i, 42, 7) == 0 { -1 } else { (quality + pick(i, 43, 90)) as i32 },
        pick(i, 44, 7) == 0,
    );
    for topic in 0..=pick(i, 45, 3) {
        lines(&mut text, format_args!("  - {}", TOPICS[(pick(i, 46, 8) + topic) % 8]));
    }
    lines(
        &mut text,
        format_args!("\ntags:\n  - US-{}\n\nimages:\n  - url: \"{address}/picture.jpg?resize=1024\"", pick(i, 47, 50)),
    );
    lines(&mut text, format_args!("    width: {}\n    height: 682\n    title: \"{title}\"", 400 + pick(i, 48, 900)));
    if pick(i, 49, 4) == 0 {
        lines(
            &mut text,
            format_args!("\nrelated:\n  - title: \"{}\"\n    webUrl: \"{address}/other\"", sentence(i, 50)),
        );
        lines(
            &mut text,
            format_args!("    provider:\n      name: Paper {}\n    quality: {}", pick(i, 51, 1200), pick(i, 52, 140)),
        );
    }
    text.push_str("\nsecured: \"");
    (0..345).for_each(|at| text.push(char::from(b"aB3dE5fG7hI9jK1lM+nO/pQ7rS9tU1vW3xY5z"[pick(i * 345 + at, 60, 37)])));
    text.push_str("\"\n---\n\n");
    text
}

/// The same with related entries until it has about 4.5 KB.
pub fn long_article(i: usize) -> String {
    let text = article(i);
    let (before, secured) = text.split_once("\nsecured: ").unwrap_or((&text, ""));
    let mut long = before.to_owned();
    if !long.contains("\nrelated:") {
        long.push_str("\nrelated:\n");
    }
    let mut salt = 70;
    while long.len() < 4_000 {
        lines(
            &mut long,
            format_args!("  - title: \"{}\"\n    excerpt: \"{}\"", sentence(i, salt), sentence(i, salt + 7)),
        );
        lines(
            &mut long,
            format_args!(
                "    webUrl: \"https://www.paper{0}.example/{i}/{salt}\"\n    type: article",
                pick(i, salt, 1200)
            ),
        );
        lines(
            &mut long,
            format_args!("    provider:\n      name: Paper {0}\n      domain: paper{0}.example", pick(i, salt, 1200)),
        );
        salt += 20;
    }
    long + "\nsecured: " + secured
}

fn lines(text: &mut String, more: std::fmt::Arguments<'_>) {
    if writeln!(text, "{more}").is_err() {
        text.push('\n');
    }
}
