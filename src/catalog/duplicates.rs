//! The same story told twice: articles with the same address, and articles whose titles and excerpts are nearly equal.
//!
//! Addresses are compared after normalising. Texts are compared by shingles, the pairs of neighbouring words (letters, where a script has no spaces): a min-hash
//! signature of each article finds the few that may be alike, and these are then compared shingle by shingle.
//!
//! Invariant: an article is in one group at most; in a group of alike texts everyone is alike to the first.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use rayon::prelude::*;

use super::column::{CHUNK, Cell};
use super::{ArticleId, Catalog};

/// Articles that tell the same story.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The articles, the first that came first.
    pub articles: Vec<ArticleId>,
    /// How alike the least alike of them is to the first, from 0 to 1; 1 for the same address.
    pub likeness: f32,
    /// Why they are together.
    pub reason: Reason,
}

/// Why articles are told to be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// They have the same address.
    Address,
    /// Their titles and excerpts are nearly equal.
    Text,
}

/// Less alike texts are different stories.
pub const LEAST_LIKENESS: f32 = 0.7;

/// The fields of an article's own address, the best first.
const ADDRESSES: [&str; 8] =
    ["webUrl", "originalUrl", "canonical", "canonicalUrl", "canonical_url", "url", "link", "source_url"];

/// The fields that are compared beside the title.
const EXCERPTS: [&str; 3] = ["excerpt", "description", "summary"];

const BANDS: usize = 8;
const BAND: usize = 3;

/// Articles with fewer shingles than this are too short to be told apart by them.
const FEWEST: usize = 4;

/// In a crowd of candidates each is compared with so many others; more would not finish on a site of one sentence.
const CROWD: usize = 32;

/// All groups, the largest first; nothing when it was cancelled on the way.
pub fn duplicates(catalog: &Catalog, cancelled: &(dyn Fn() -> bool + Sync)) -> Option<Vec<Group>> {
    let ids: Vec<ArticleId> = catalog.ids().collect();
    let mut groups = Vec::new();
    let mut taken = vec![false; ids.last().map_or(0, |id| id.row() + 1)];
    for articles in same_addresses(catalog, &ids, cancelled)? {
        for id in &articles {
            take(&mut taken, *id);
        }
        groups.push(Group { articles, likeness: 1.0, reason: Reason::Address });
    }
    groups.extend(alike_texts(catalog, &ids, &mut taken, cancelled)?);
    groups.sort_by(|a, b| b.articles.len().cmp(&a.articles.len()).then(a.articles.cmp(&b.articles)));
    Some(groups)
}

fn take(taken: &mut [bool], id: ArticleId) {
    if let Some(slot) = taken.get_mut(id.row()) {
        *slot = true;
    }
}

fn same_addresses(
    catalog: &Catalog,
    ids: &[ArticleId],
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<Vec<ArticleId>>> {
    let shared = &catalog.shared;
    let columns: Vec<_> = ADDRESSES.iter().filter_map(|name| shared.named(name)).collect();
    let keys: Option<Vec<Vec<(u64, ArticleId)>>> = ids
        .par_chunks(CHUNK)
        .map(|ids| {
            let key = |id: &ArticleId| {
                let address = columns.iter().find_map(|column| match column.cell(id.row(), &shared.pool) {
                    Cell::Text(text) if !text.is_empty() => Some(text),
                    _ => None,
                })?;
                let address = normal_address(address)?;
                Some((xxhash_rust::xxh3::xxh3_64(address.as_bytes()), *id))
            };
            (!cancelled()).then(|| ids.iter().filter_map(key).collect())
        })
        .collect();
    let mut keys = keys?.concat();
    keys.par_sort_unstable();
    let groups = keys.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1);
    Some(groups.map(|group| group.iter().map(|(_, id)| *id).collect()).collect())
}

/// An address without what does not tell stories apart: scheme, `www.`, marks of mobile and AMP pages, the fragment, what only
/// says where a reader came from, the last slash. Nothing for what is no address, and for a site's front page.
#[must_use]
pub fn normal_address(address: &str) -> Option<String> {
    let rest = address.trim().split('#').next()?;
    let (scheme, rest) = rest.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let (place, query) = rest.split_once('?').map_or((rest, ""), |(place, query)| (place, query));
    let (host, path) = place.split_once('/').unwrap_or((place, ""));
    let host = host.to_ascii_lowercase();
    let mut host = host.trim_end_matches(":443").trim_end_matches(":80");
    while let Some(shorter) = ["www.", "m.", "amp.", "mobile."].iter().find_map(|start| host.strip_prefix(start)) {
        host = shorter;
    }
    let mut path = path.trim_end_matches('/');
    for ending in ["/amp", "/index.html", "/index.php", ".amp.html", ".amp", "/"] {
        path = path.strip_suffix(ending).unwrap_or(path);
    }
    let path = path.strip_suffix(".html").unwrap_or(path);
    let mut query: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !is_tracking(pair)).collect();
    query.sort_unstable();
    (!path.is_empty() || !query.is_empty()).then(|| format!("{host}/{path}?{}", query.join("&")))
}

fn is_tracking(pair: &str) -> bool {
    const NAMES: [&str; 14] = [
        "amp",
        "fbclid",
        "gclid",
        "ref",
        "ref_src",
        "source",
        "src",
        "cmp",
        "cmpid",
        "ns_campaign",
        "ocid",
        "outputtype",
        "rss",
        "feed",
    ];
    let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
    name.starts_with("utm_") || NAMES.contains(&name.as_str())
}

/// An article whose text is long enough to be compared. Its shingles are not among this: those of all articles would be the most
/// memory that a large site needs, and few articles meet another one.
struct Hashed {
    id: ArticleId,
    bands: [u64; BANDS],
}

/// Shingles of the articles that meet another one, in few large pieces: many small ones would stay with the process for good.
struct Compared {
    /// Where an article's shingles lie: in which piece, and there from where to where. Sorted by article.
    places: Vec<(u32, (usize, Range<usize>))>,
    pieces: Vec<Vec<u32>>,
}

impl Compared {
    /// Takes the shingles of these articles, which are sorted.
    fn of(catalog: &Catalog, articles: &[Hashed], met: &[u32], cancelled: &(dyn Fn() -> bool + Sync)) -> Option<Self> {
        let of_piece = |(piece, met): (usize, &[u32])| {
            let (mut places, mut all, mut own) = (Vec::with_capacity(met.len()), Vec::new(), Vec::new());
            for at in met {
                let Some(article) = articles.get(*at as usize) else { continue };
                shingle(catalog, article.id, &mut own);
                places.push((*at, (piece, all.len()..all.len() + own.len())));
                all.extend_from_slice(&own);
            }
            (!cancelled()).then_some((places, all))
        };
        let pieces: Option<Vec<_>> = met.par_chunks(CHUNK).enumerate().map(of_piece).collect();
        let (places, pieces): (Vec<Vec<_>>, _) = pieces?.into_iter().unzip();
        Some(Self { places: places.concat(), pieces })
    }

    fn shingles(&self, article: u32) -> Option<&[u32]> {
        let at = self.places.binary_search_by_key(&article, |(at, _)| *at).ok()?;
        let (_, (piece, range)) = self.places.get(at)?;
        self.pieces.get(*piece)?.get(range.clone())
    }
}

fn alike_texts(
    catalog: &Catalog,
    ids: &[ArticleId],
    taken: &mut [bool],
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<Group>> {
    let hashed: Option<Vec<Vec<Hashed>>> =
        ids.par_chunks(CHUNK).map(|ids| (!cancelled()).then(|| hashed_of(catalog, ids))).collect();
    let articles: Vec<Hashed> = hashed?.into_iter().flatten().collect();
    let crowds: Vec<Crowds> = (0..BANDS).into_par_iter().map(|band| Crowds::of(&articles, band)).collect();
    let mut met: Vec<u32> =
        crowds.iter().flat_map(|crowds| crowds.places.iter().map(|(article, _)| *article)).collect();
    met.sort_unstable();
    met.dedup();
    let compared = Compared::of(catalog, &articles, &met, cancelled)?;
    let pairs: Option<Vec<Vec<(u32, u32, f32)>>> =
        met.par_chunks(CHUNK).map(|met| (!cancelled()).then(|| pairs_of(&compared, &crowds, met))).collect();
    Some(groups_of(&articles, &pairs?.concat(), taken))
}

/// The min-hashes of these articles, but for those that are too short.
fn hashed_of(catalog: &Catalog, ids: &[ArticleId]) -> Vec<Hashed> {
    let mut shingles = Vec::new();
    let hashed = |id: &ArticleId| {
        shingle(catalog, *id, &mut shingles);
        (shingles.len() >= FEWEST).then(|| Hashed { id: *id, bands: bands_of(&shingles) })
    };
    ids.iter().filter_map(hashed).collect()
}

/// Articles with the same hash in a band, beside each other; those that are alone with theirs are left out.
struct Crowds {
    /// Sorted.
    members: Vec<(u64, u32)>,
    /// Where each article stands among them. Sorted.
    places: Vec<(u32, u32)>,
}

impl Crowds {
    fn of(articles: &[Hashed], band: usize) -> Self {
        let hash = |article: &Hashed| article.bands.get(band).copied().unwrap_or_default();
        let mut all: Vec<(u64, u32)> =
            articles.iter().enumerate().map(|(at, article)| (hash(article), at as u32)).collect();
        all.sort_unstable();
        let crowds = all.chunk_by(|one, other| one.0 == other.0).filter(|crowd| crowd.len() > 1);
        let members: Vec<(u64, u32)> = crowds.flatten().copied().collect();
        let mut places: Vec<(u32, u32)> =
            members.iter().enumerate().map(|(place, (_, article))| (*article, place as u32)).collect();
        places.sort_unstable();
        Self { members, places }
    }

    /// The next articles after this one in its crowd.
    fn after(&self, article: u32) -> impl Iterator<Item = u32> + '_ {
        let at = self.places.binary_search_by_key(&article, |(article, _)| *article).ok();
        let place = at.and_then(|at| self.places.get(at)).map_or(usize::MAX, |(_, place)| *place as usize);
        let hash = self.members.get(place).map_or(0, |(hash, _)| *hash);
        let rest = self.members.get(place.saturating_add(1)..).unwrap_or_default();
        rest.iter().take(CROWD).take_while(move |(own, _)| *own == hash).map(|(_, other)| *other)
    }
}

/// Pairs of alike articles of which the first is one of these, in order.
fn pairs_of(compared: &Compared, crowds: &[Crowds], met: &[u32]) -> Vec<(u32, u32, f32)> {
    let (mut pairs, mut others) = (Vec::new(), Vec::new());
    for one in met {
        let Some(shingles) = compared.shingles(*one) else { continue };
        others.clear();
        others.extend(crowds.iter().flat_map(|crowds| crowds.after(*one)));
        others.sort_unstable();
        others.dedup();
        let alike = |other: &u32| Some((*one, *other, likeness(shingles, compared.shingles(*other)?)?));
        pairs.extend(others.iter().filter_map(alike));
    }
    pairs
}

/// Groups around the first article of each; pairs come sorted.
fn groups_of(articles: &[Hashed], pairs: &[(u32, u32, f32)], taken: &mut [bool]) -> Vec<Group> {
    let is_taken = |taken: &[bool], id: ArticleId| taken.get(id.row()).copied().unwrap_or(true);
    let mut groups = Vec::new();
    for of_one in pairs.chunk_by(|a, b| a.0 == b.0) {
        let id = |at: u32| articles.get(at as usize).map(|article| article.id);
        let Some(first) = of_one.first().and_then(|(one, ..)| id(*one)).filter(|id| !is_taken(taken, *id)) else {
            continue;
        };
        let others: Vec<_> = of_one.iter().filter_map(|(_, other, likeness)| Some((id(*other)?, *likeness))).collect();
        let others: Vec<_> = others.into_iter().filter(|(other, _)| !is_taken(taken, *other)).collect();
        if others.is_empty() {
            continue;
        }
        let likeness = others.iter().fold(1.0_f32, |least, (_, likeness)| least.min(*likeness));
        let alike: Vec<_> = std::iter::once(first).chain(others.iter().map(|(id, _)| *id)).collect();
        for id in &alike {
            take(taken, *id);
        }
        groups.push(Group { articles: alike, likeness, reason: Reason::Text });
    }
    groups
}

/// The shingles of an article: sorted, each once.
fn shingle(catalog: &Catalog, id: ArticleId, shingles: &mut Vec<u32>) {
    let shared = &catalog.shared;
    let excerpt = EXCERPTS.iter().filter_map(|name| shared.named(name)).find_map(|column| {
        match column.cell(id.row(), &shared.pool) {
            Cell::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    });
    let mut folded = String::with_capacity(256);
    super::fold::fold_into(shared.title(id.row()), &mut folded);
    folded.push(' ');
    super::fold::fold_into(excerpt.unwrap_or_default(), &mut folded);
    shingles.clear();
    let mut before = 0;
    for word in folded.split(|c: char| !c.is_alphanumeric()).flat_map(words_of) {
        let hash = xxhash_rust::xxh3::xxh3_64(word.as_bytes());
        if before != 0 {
            shingles.push((mixed(before ^ hash.rotate_left(23)) >> 32) as u32);
        }
        before = hash;
    }
    shingles.sort_unstable();
    shingles.dedup();
}

/// The words of letters that stand together. Where a script writes no spaces each letter counts as a word, or a whole sentence
/// would be one.
fn words_of(mut letters: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let first = letters.chars().next()?;
        let end =
            if has_no_spaces(first) { first.len_utf8() } else { letters.find(has_no_spaces).unwrap_or(letters.len()) };
        let (word, rest) = letters.split_at(end);
        letters = rest;
        Some(word)
    })
}

/// Letters of Thai, Lao, Burmese, Khmer, Japanese and Chinese.
fn has_no_spaces(letter: char) -> bool {
    letter >= '\u{e00}'
        && matches!(letter, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
            | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Min-hash: two texts agree in a number with the probability with which they are alike.
fn bands_of(shingles: &[u32]) -> [u64; BANDS] {
    let mut least = [u64::MAX; BANDS * BAND];
    for shingle in shingles {
        let mut hash = mixed(u64::from(*shingle) + 1);
        for slot in &mut least {
            hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31);
            *slot = (*slot).min(hash);
        }
    }
    let mut bands = [0; BANDS];
    for (band, of_band) in bands.iter_mut().zip(least.chunks(BAND)) {
        *band = of_band.iter().fold(0, |all, hash| mixed(all ^ hash));
    }
    bands
}

fn mixed(mut hash: u64) -> u64 {
    hash = (hash ^ hash >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ hash >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ hash >> 31
}

/// How much of all shingles two texts share, where that is enough. Most pairs are told apart before all is compared.
fn likeness(one: &[u32], other: &[u32]) -> Option<f32> {
    let all = one.len() + other.len();
    // Of so many, so many may stand in one text alone: shared / (all - shared) is the likeness.
    let most = all as f32 * (1.0 - LEAST_LIKENESS) / (1.0 + LEAST_LIKENESS) + 0.01;
    if one.len().abs_diff(other.len()) as f32 > most {
        return None;
    }
    let (mut a, mut b, mut alone) = (0, 0, 0_usize);
    while let (Some(x), Some(y)) = (one.get(a), other.get(b)) {
        alone += usize::from(x != y);
        if alone as f32 > most {
            return None;
        }
        a += usize::from(x <= y);
        b += usize::from(y <= x);
    }
    alone += (one.len() - a) + (other.len() - b);
    let shared = all.saturating_sub(alone) / 2;
    let likeness = shared as f32 / (all - shared).max(1) as f32;
    (likeness >= LEAST_LIKENESS).then_some(likeness)
}

/// How an article stands in the group that tells its story.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Twin {
    /// Which group, by its place among all.
    pub group: u32,
    /// How alike the least alike of them is to the first, from 0 to 1.
    pub likeness: f32,
    /// Why they are together.
    pub reason: Reason,
}

impl fmt::Display for Twin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason {
            Reason::Address => f.write_str("same address"),
            Reason::Text => write!(f, "{:.0} % alike", (self.likeness * 100.0).floor()),
        }
    }
}

/// The articles whose story others tell too.
pub type Twins = HashMap<ArticleId, Twin>;

/// Which group each article is in.
#[must_use]
pub fn by_article(groups: &[Group]) -> Twins {
    let of_group = |(at, group): (usize, &Group)| {
        let twin = Twin { group: at as u32, likeness: group.likeness, reason: group.reason };
        group.articles.iter().map(move |id| (*id, twin)).collect::<Vec<_>>()
    };
    groups.iter().enumerate().flat_map(of_group).collect()
}
