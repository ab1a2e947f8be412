//! What the site says in its generator's configuration: its name, its address, what it leaves out.
//!
//! Invariant: reading never fails. What cannot be understood is a problem with its place, and what is inferred is used instead.

mod desk_file;
mod reader;

pub use desk_file::{CustomAction, DeskFile, KeySetting, Overrides, PlacedKey, ScoreOverride, View};
pub use reader::nearest;

use crate::document::Value;
use crate::text::Place;
use reader::Reader;

/// The name of copydesk's own configuration, in the site's root.
pub const DESK_FILE: &str = ".copydesk.yaml";

/// Configurations of generators, the first that is there counts.
pub const GENERATOR_FILES: [&str; 8] =
    ["_config.yml", "_config.yaml", "hugo.toml", "hugo.yaml", "hugo.yml", "config.toml", "config.yaml", "config.yml"];

/// All that is configured for a site.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// The site's title.
    pub title: Option<String>,
    /// Scheme and host of the site's address, without a slash at the end: `https://example.org`.
    pub url: Option<String>,
    /// The path below the host, with a slash before and none at the end: `/blog`; empty at the top.
    pub baseurl: String,
    /// Patterns of what the generator leaves out, as in `.gitignore`.
    pub exclude: Vec<String>,
    /// The generator's file that was read.
    pub source: Option<String>,
    /// What `.copydesk.yaml` says.
    pub desk: DeskFile,
    /// What could not be understood.
    pub problems: Vec<ConfigProblem>,
}

/// Something in a configuration that was not understood; what is inferred is used in its stead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The file's name.
    pub file: String,
    /// Where in it.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl std::fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.place {
            Some(place) => write!(f, "{}:{place}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl Config {
    /// Reads the site's configuration; `read` gives the bytes of a file in the site's root, if it is there.
    #[must_use]
    pub fn read(read: &dyn Fn(&str) -> Option<Vec<u8>>) -> Self {
        let mut config = Self::default();
        if let Some((name, bytes)) = GENERATOR_FILES.iter().find_map(|name| Some((*name, read(name)?))) {
            config.read_generator(name, &bytes);
        }
        if let Some(bytes) = read(DESK_FILE) {
            let mut reader = Reader::new(DESK_FILE, &bytes);
            config.desk = DeskFile::read(&mut reader);
            config.problems.extend(reader.problems);
        }
        config
    }

    /// The address of the site's root, if it is known: `https://example.org/blog`.
    #[must_use]
    pub fn root_address(&self) -> Option<String> {
        self.url.as_ref().map(|url| format!("{url}{}", self.baseurl))
    }

    fn read_generator(&mut self, name: &str, bytes: &[u8]) {
        let reader = Reader::new(name, bytes);
        let text = |keys: &[&str]| -> Option<String> {
            keys.iter()
                .find_map(|key| reader.get(key)?.as_str())
                .map(str::trim)
                .filter(|t| !t.is_empty())
                .map(str::to_owned)
        };
        self.source = Some(name.to_owned());
        self.title = text(&["title", "name"]);
        // Jekyll parts the address in two; Hugo and Zola write it in one.
        let whole = text(&["url", "baseURL", "baseurl_absolute", "base_url"]).filter(|url| url.contains("://"));
        let path = text(&["baseurl", "root"]).filter(|path| !path.contains("://")).unwrap_or_default();
        if let Some((host, rest)) = whole.as_deref().and_then(split_address) {
            self.url = Some(host);
            self.baseurl = clean_base(&format!("{rest}{}", clean_base(&path)));
        } else {
            self.baseurl = clean_base(&path);
        }
        self.exclude = match reader.get("exclude") {
            Some(Value::List(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::Text(one)) => vec![one.clone()],
            _ => Vec::new(),
        };
        // The generator's own file may hold what only it understands; only a file that cannot be read at all is told.
        self.problems.extend(reader.problems);
    }
}

/// Host and path; nothing where no host is named, as in an address that is not written to its end.
fn split_address(address: &str) -> Option<(String, String)> {
    let at = address.find("://")? + 3;
    let end = address[at..].find('/').map_or(address.len(), |slash| at + slash);
    (end > at).then(|| (address[..end].to_owned(), address[end..].to_owned()))
}

fn clean_base(path: &str) -> String {
    let inner = path.trim().trim_matches('/');
    if inner.is_empty() { String::new() } else { format!("/{inner}") }
}
