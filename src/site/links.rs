//! Addresses and files of the site: what an address in an article leads to, and how a file is written as one.
//!
//! Invariant: a file that is named here lies inside the site, whatever the address says; nothing is opened to find out.

use url::Url;

use super::Config;
use crate::file::SitePath;

/// Folders whose content generators put at the root of the site.
const STATIC_FOLDERS: [&str; 3] = ["static", "public", "source"];

/// What an address leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Files of the site, the likeliest first; the first that is there counts.
    Site(Vec<SitePath>),
    /// A page or picture elsewhere on the web.
    Remote(Url),
    /// The content itself, behind `data:`.
    Data(String),
    /// Nothing, for this reason.
    Broken(String),
}

/// What the address in an article leads to.
#[must_use]
pub fn resolve(config: &Config, article: &SitePath, address: &str) -> Target {
    let address = address.trim();
    if address.is_empty() {
        return Target::Broken("The address is empty".to_owned());
    }
    if address.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:")) {
        return Target::Data(address.to_owned());
    }
    if let Some(rest) = own_path(config, address) {
        return rooted(config, &rest, address);
    }
    if let Some(rest) = address.strip_prefix("//") {
        return remote(&format!("https://{rest}"));
    }
    if has_scheme(address) {
        return remote(address);
    }
    if let Some(rest) = address.strip_prefix('/') {
        let base = config.baseurl.trim_start_matches('/');
        let below = rest.strip_prefix(base).filter(|_| !base.is_empty()).and_then(|rest| rest.strip_prefix('/'));
        return rooted(config, below.unwrap_or(rest), address);
    }
    relative(config, article, address)
}

/// How a site writes the addresses of its own files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Writing {
    /// From the root, after this: nothing, the site's `baseurl`, or its whole address.
    After(String),
    /// From the root, without a slash: `assets/a.png`.
    Bare,
    /// From the article's own folder.
    Beside,
}

impl Default for Writing {
    fn default() -> Self {
        Self::After(String::new())
    }
}

impl Writing {
    /// How an address that leads to this file is written; nothing where it leads there in a way of its own.
    #[must_use]
    pub fn of(config: &Config, article: &SitePath, address: &str, file: &SitePath) -> Option<Self> {
        let before = [config.root_address(), Some(config.baseurl.clone()), Some(String::new())];
        let known = before.into_iter().flatten().map(Self::After).chain([Self::Beside, Self::Bare]);
        let plain = address.split(['?', '#']).next().unwrap_or(address);
        known.into_iter().find(|writing| {
            let written = address_of(config, article, file, writing);
            written.as_deref().is_some_and(|written| decode(written) == decode(plain))
        })
    }
}

/// A file of the site as an address in an article; nothing where it cannot be written so.
#[must_use]
pub fn address_of(config: &Config, article: &SitePath, file: &SitePath, writing: &Writing) -> Option<String> {
    let published = || {
        let of = |folder: &&str| file.as_str().strip_prefix(*folder)?.strip_prefix('/');
        STATIC_FOLDERS.iter().find_map(of).unwrap_or_else(|| file.as_str())
    };
    let encoded = |path: &str| -> String { path.chars().map(encode).collect() };
    match writing {
        Writing::After(before)
            if before.is_empty() || Some(before) == config.root_address().as_ref() || *before == config.baseurl =>
        {
            Some(format!("{before}/{}", encoded(published())))
        }
        Writing::After(_) => None,
        Writing::Bare => Some(encoded(published())),
        Writing::Beside => {
            let below = match article.folder() {
                "" => Some(file.as_str()),
                folder => file.as_str().strip_prefix(folder)?.strip_prefix('/'),
            };
            below.map(encoded)
        }
    }
}

/// The path below the site's own address, if the address is one of the site itself.
fn own_path(config: &Config, address: &str) -> Option<String> {
    let host = config.url.as_ref()?.split_once("://")?.1;
    let after =
        address.split_once("//").filter(|(scheme, _)| scheme.is_empty() || has_scheme(&format!("{scheme}//")))?.1;
    let rest =
        after.get(..host.len()).filter(|start| start.eq_ignore_ascii_case(host)).map(|_| &after[host.len()..])?;
    // A sister site on the same host is not this site.
    let below = rest.strip_prefix(config.baseurl.as_str())?;
    match below.chars().next() {
        None | Some('?' | '#') => Some(String::new()),
        Some('/') => Some(below[1..].to_owned()),
        Some(_) => None,
    }
}

fn has_scheme(address: &str) -> bool {
    address.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
            && !scheme.contains('.')
    })
}

fn remote(address: &str) -> Target {
    match Url::parse(address) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.host_str().is_some() => Target::Remote(url),
        Ok(url) => Target::Broken(format!("“{}:” addresses are not opened", url.scheme())),
        Err(error) => Target::Broken(format!("The address cannot be read: {error}")),
    }
}

fn rooted(config: &Config, rest: &str, address: &str) -> Target {
    let mut candidates = Vec::new();
    for name in spellings(rest) {
        push(&mut candidates, "", &name);
        for folder in STATIC_FOLDERS {
            push(&mut candidates, folder, &name);
        }
        // Zola and Hugo serve what lies beside a page under the page's own path.
        push(&mut candidates, "content", &name);
    }
    if candidates.is_empty() && config.url.is_some() && rest.is_empty() {
        return Target::Broken("The address is the site itself".to_owned());
    }
    found(candidates, address)
}

fn relative(config: &Config, article: &SitePath, address: &str) -> Target {
    let mut candidates = Vec::new();
    for name in spellings(address) {
        push(&mut candidates, article.folder(), &name);
        push(&mut candidates, "", &name);
        for folder in STATIC_FOLDERS {
            push(&mut candidates, folder, &name);
        }
    }
    let base = config.baseurl.trim_start_matches('/');
    if let Some(below) = address.strip_prefix(base).filter(|_| !base.is_empty()).and_then(|rest| rest.strip_prefix('/'))
    {
        push(&mut candidates, "", below);
    }
    found(candidates, address)
}

fn found(candidates: Vec<SitePath>, address: &str) -> Target {
    if candidates.is_empty() {
        Target::Broken(format!("“{}” leads out of the site", address.escape_debug()))
    } else {
        Target::Site(candidates)
    }
}

/// A file name as it may be meant: decoded and without query, decoded with it, and as it is written.
fn spellings(address: &str) -> Vec<String> {
    let plain = address.split(['?', '#']).next().unwrap_or(address);
    let mut names = vec![decode(plain)];
    for name in [plain.to_owned(), decode(address), address.to_owned()] {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn push(candidates: &mut Vec<SitePath>, folder: &str, name: &str) {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return;
                }
            }
            part => parts.push(part),
        }
    }
    if let Ok(path) = SitePath::new(&parts.join("/"))
        && !candidates.contains(&path)
    {
        candidates.push(path);
    }
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        let escaped = hex.filter(|_| bytes[at] == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok());
        decoded.push(escaped.unwrap_or(bytes[at]));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8(decoded).unwrap_or_else(|_: std::string::FromUtf8Error| text.to_owned())
}

fn encode(c: char) -> String {
    if c.is_ascii_alphanumeric() || "/-_.~".contains(c) || !c.is_ascii() {
        return c.to_string();
    }
    format!("%{:02X}", c as u32)
}
