//! `.copydesk.yaml`: what a site overrides of what is inferred.
//!
//! Invariant: each key that is not known, and each value that is not understood, is told with its place; all else counts.

use std::collections::BTreeMap;

use super::reader::Reader;
use crate::document::merge::Policy;
use crate::document::{FieldPath, Pointer, Value};
use crate::site::kind::Kind;
use crate::text::Place;

/// The file's content.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeskFile {
    /// For all collections.
    pub base: Overrides,
    /// For single collections, by their folder; these come before `base`.
    pub collections: BTreeMap<String, Overrides>,
    /// Saved filters.
    pub views: Vec<View>,
    /// The site's own commands.
    pub actions: Vec<CustomAction>,
    /// Keys of commands.
    pub keys: Vec<KeySetting>,
}

/// The keys that a command shall have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySetting {
    /// The command's name.
    pub action: String,
    /// Where that stands.
    pub place: Option<Place>,
    /// Its keys.
    pub keys: Vec<PlacedKey>,
}

/// A key as it is written, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlacedKey {
    /// The key.
    pub key: String,
    /// Where it stands.
    pub place: Option<Place>,
}

/// What is overridden of a schema.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// What the collection is called.
    pub name: Option<String>,
    /// The table's columns, in order: field paths and names of computed columns.
    pub columns: Option<Vec<String>>,
    /// Kinds of fields.
    pub kinds: BTreeMap<FieldPath, Kind>,
    /// Labels of fields.
    pub labels: BTreeMap<FieldPath, String>,
    /// Bounds, thresholds and presets of scores.
    pub scores: BTreeMap<FieldPath, ScoreOverride>,
    /// Values that a field should have.
    pub vocabularies: BTreeMap<FieldPath, Vec<String>>,
    /// Fields that an article must have.
    pub required: Vec<FieldPath>,
    /// Who wins where a field changed here and on disk.
    pub merge: BTreeMap<FieldPath, Policy>,
}

/// What is configured of a score.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScoreOverride {
    /// The lowest value.
    pub min: Option<f64>,
    /// The highest value.
    pub max: Option<f64>,
    /// The value from which an article is live.
    pub threshold: Option<f64>,
    /// Values of the keys 1 to 9 and 0; fewer leave the last keys as they are inferred.
    pub presets: Vec<i64>,
}

/// A saved filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// What it is called.
    pub name: String,
    /// The query.
    pub filter: String,
    /// The collection's folder; all collections without one.
    pub collection: Option<String>,
    /// Sort keys, as on the command line: `heat:desc`.
    pub sort: Vec<String>,
    /// Columns, where they differ from the usual ones.
    pub columns: Option<Vec<String>>,
}

/// A command of the site's own: it sets fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CustomAction {
    /// What it is called in the palette.
    pub name: String,
    /// Its keys.
    pub keys: Vec<PlacedKey>,
    /// What it sets, in order.
    pub set: Vec<(FieldPath, Value)>,
    /// What it adds to lists, in order.
    pub add: Vec<(FieldPath, Value)>,
    /// Which fields it takes out.
    pub clear: Vec<FieldPath>,
}

const SCHEMA_KEYS: [&str; 7] = ["columns", "kinds", "labels", "scores", "vocabularies", "required", "merge"];
const POLICIES: [&str; 4] = ["ask", "mine", "theirs", "mine-and-list"];
const VIEW_KEYS: [&str; 5] = ["name", "filter", "collection", "sort", "columns"];
const ACTION_KEYS: [&str; 6] = ["name", "key", "keys", "set", "add", "clear"];
const SCORE_KEYS: [&str; 4] = ["min", "max", "threshold", "presets"];

impl DeskFile {
    /// Keeps a filter under a name; a view of that name gets the filter.
    pub fn keep_view(&mut self, name: &str, filter: &str) {
        match self.views.iter_mut().find(|view| view.name == name) {
            Some(view) => filter.clone_into(&mut view.filter),
            None => self.views.push(View { name: name.to_owned(), filter: filter.to_owned(), ..View::default() }),
        }
    }

    /// Keeps presets of a score.
    pub fn keep_presets(&mut self, field: &FieldPath, presets: &[i64]) {
        self.base.scores.entry(field.clone()).or_default().presets = presets.to_vec();
    }

    pub(super) fn read(reader: &mut Reader) -> Self {
        let mut file = Self::default();
        let Value::Map(data) = reader.data() else { return file };
        let known: Vec<&str> = SCHEMA_KEYS.into_iter().chain(["collections", "views", "actions", "keys"]).collect();
        for (key, value) in data.iter() {
            let at = Pointer::of([key]);
            match key {
                "collections" => {
                    for (folder, value) in entries(reader, &at, value, key) {
                        let at = at.child(&folder);
                        let overrides = Overrides::read(reader, &at, &value);
                        file.collections.insert(folder.trim_matches('/').to_owned(), overrides);
                    }
                }
                "views" => file.views = items(reader, &at, value, key, View::read),
                "actions" => file.actions = items(reader, &at, value, key, CustomAction::read),
                "keys" => {
                    for (name, value) in entries(reader, &at, value, key) {
                        let at = at.child(&name);
                        let (keys, place) = (placed_keys(reader, &at, &value, &name), reader.place(&at));
                        file.keys.push(KeySetting { action: name, place, keys });
                    }
                }
                key if file.base.take(reader, &at, key, value) => {}
                key => reader.unknown(&at, key, &known),
            }
        }
        file
    }

    /// What counts for a collection: its own overrides over those for all.
    #[must_use]
    pub fn for_collection(&self, folder: &str) -> Overrides {
        let mut all = self.base.clone();
        let Some(own) = self.collections.get(folder).cloned() else { return all };
        all.name = own.name.or(all.name);
        all.columns = own.columns.or(all.columns);
        all.kinds.extend(own.kinds);
        all.labels.extend(own.labels);
        all.scores.extend(own.scores);
        all.vocabularies.extend(own.vocabularies);
        all.merge.extend(own.merge);
        all.required.extend(own.required);
        all
    }
}

impl Overrides {
    fn read(reader: &mut Reader, at: &Pointer, value: &Value) -> Self {
        let mut overrides = Self::default();
        let known: Vec<&str> = SCHEMA_KEYS.into_iter().chain(["name"]).collect();
        for (key, value) in entries(reader, at, value, "collection") {
            let at = at.child(&key);
            if key == "name" {
                overrides.name = reader.text(&at, &value, "name");
            } else if !overrides.take(reader, &at, &key, &value) {
                reader.unknown(&at, &key, &known);
            }
        }
        overrides
    }

    /// Reads one key; whether it is known.
    fn take(&mut self, reader: &mut Reader, at: &Pointer, key: &str, value: &Value) -> bool {
        match key {
            "columns" => self.columns = Some(reader.texts(at, value, key)),
            "required" => {
                self.required = reader.texts(at, value, key).iter().map(|path| FieldPath::parse(path)).collect();
            }
            "kinds" => {
                for (path, value) in entries(reader, at, value, key) {
                    if let Some(kind) = named(reader, &at.child(&path), &value, "kind", Kind::from_name, &kind_names())
                    {
                        self.kinds.insert(FieldPath::parse(&path), kind);
                    }
                }
            }
            "labels" => {
                for (path, value) in entries(reader, at, value, key) {
                    if let Some(label) = reader.text(&at.child(&path), &value, &path) {
                        self.labels.insert(FieldPath::parse(&path), label);
                    }
                }
            }
            "scores" => {
                for (path, value) in entries(reader, at, value, key) {
                    let score = ScoreOverride::read(reader, &at.child(&path), &value);
                    self.scores.insert(FieldPath::parse(&path), score);
                }
            }
            "vocabularies" => {
                for (path, value) in entries(reader, at, value, key) {
                    let words = reader.texts(&at.child(&path), &value, &path);
                    self.vocabularies.insert(FieldPath::parse(&path), words);
                }
            }
            "merge" => {
                for (path, value) in entries(reader, at, value, key) {
                    let at = at.child(&path);
                    if let Some(policy) = named(reader, &at, &value, "policy", policy, &POLICIES) {
                        self.merge.insert(FieldPath::parse(&path), policy);
                    }
                }
            }
            _ => return false,
        }
        true
    }
}

impl ScoreOverride {
    fn read(reader: &mut Reader, at: &Pointer, value: &Value) -> Self {
        let mut score = Self::default();
        for (key, value) in entries(reader, at, value, "score") {
            let at = at.child(&key);
            match key.as_str() {
                "min" => score.min = reader.number(&at, &value, "min"),
                "max" => score.max = reader.number(&at, &value, "max"),
                "threshold" => score.threshold = reader.number(&at, &value, "threshold"),
                "presets" => score.presets = presets(reader, &at, &value),
                _ => reader.unknown(&at, &key, &SCORE_KEYS),
            }
        }
        if let (Some(min), Some(max)) = (score.min, score.max)
            && min >= max
        {
            reader.problem(at, format!("The lowest value {min} is not below the highest {max}"), "Set min below max");
            (score.min, score.max) = (None, None);
        }
        score
    }
}

fn presets(reader: &mut Reader, at: &Pointer, value: &Value) -> Vec<i64> {
    let Value::List(items) = value else {
        reader.problem(at, "“presets” should be a list of numbers", "Write it like [100, 110, 120]");
        return Vec::new();
    };
    if items.len() > 10 {
        reader.problem(at, format!("There are ten digit keys and {} presets", items.len()), "Leave out the last ones");
    }
    let numbers = items.iter().take(10).enumerate();
    numbers.filter_map(|(index, item)| reader.number(&at.child(index), item, "presets")).map(|n| n as i64).collect()
}

fn policy(name: &str) -> Option<Policy> {
    match name.trim().to_lowercase().replace([' ', '_'], "-").as_str() {
        "ask" => Some(Policy::Ask),
        "mine" => Some(Policy::Mine),
        "theirs" => Some(Policy::Theirs),
        "mine-and-list" => Some(Policy::MineAndList),
        _ => None,
    }
}

impl View {
    fn read(reader: &mut Reader, at: &Pointer, value: &Value) -> Option<Self> {
        let mut view = Self::default();
        for (key, value) in entries(reader, at, value, "view") {
            let at = at.child(&key);
            match key.as_str() {
                "name" => view.name = reader.text(&at, &value, "name")?,
                "filter" => view.filter = reader.text(&at, &value, "filter").unwrap_or_default(),
                "collection" => view.collection = reader.text(&at, &value, "collection"),
                "sort" => {
                    let texts = reader.texts(&at, &value, "sort");
                    view.sort = texts.iter().flat_map(|text| text.split(',')).map(|t| t.trim().to_owned()).collect();
                }
                "columns" => view.columns = Some(reader.texts(&at, &value, "columns")),
                _ => reader.unknown(&at, &key, &VIEW_KEYS),
            }
        }
        if view.name.is_empty() {
            reader.problem(at, "This view has no name", "Add “name: …”");
            return None;
        }
        Some(view)
    }
}

impl CustomAction {
    fn read(reader: &mut Reader, at: &Pointer, value: &Value) -> Option<Self> {
        let mut action = Self::default();
        for (key, value) in entries(reader, at, value, "action") {
            let at = at.child(&key);
            let fields = |reader: &mut Reader| -> Vec<(FieldPath, Value)> {
                let fields = entries(reader, &at, &value, &key);
                fields.into_iter().map(|(path, value)| (FieldPath::parse(&path), value)).collect()
            };
            match key.as_str() {
                "name" => action.name = reader.text(&at, &value, "name")?,
                "key" | "keys" => action.keys = placed_keys(reader, &at, &value, "keys"),
                "set" => action.set = fields(reader),
                "add" => action.add = fields(reader),
                "clear" => {
                    action.clear =
                        reader.texts(&at, &value, "clear").iter().map(|path| FieldPath::parse(path)).collect();
                }
                _ => reader.unknown(&at, &key, &ACTION_KEYS),
            }
        }
        if action.name.is_empty() {
            reader.problem(at, "This action has no name", "Add “name: …”");
            return None;
        }
        if action.set.is_empty() && action.add.is_empty() && action.clear.is_empty() {
            reader.problem(at, format!("The action “{}” does nothing", action.name), "Add “set”, “add” or “clear”");
            return None;
        }
        Some(action)
    }
}

fn placed_keys(reader: &mut Reader, at: &Pointer, value: &Value, what: &str) -> Vec<PlacedKey> {
    let is_list = matches!(value, Value::List(_));
    let texts = reader.texts(at, value, what).into_iter().enumerate();
    let place = |index: usize| if is_list { reader.place(&at.child(index)) } else { reader.place(at) };
    texts.map(|(index, key)| PlacedKey { key, place: place(index) }).collect()
}

fn entries(reader: &mut Reader, at: &Pointer, value: &Value, what: &str) -> Vec<(String, Value)> {
    let map = reader.map(at, value, what).unwrap_or_default();
    map.iter().map(|(key, value)| (key.to_owned(), value.clone())).collect()
}

fn items<T>(
    reader: &mut Reader,
    at: &Pointer,
    value: &Value,
    what: &str,
    read: fn(&mut Reader, &Pointer, &Value) -> Option<T>,
) -> Vec<T> {
    match value {
        Value::Null => Vec::new(),
        Value::List(items) => {
            items.iter().enumerate().filter_map(|(index, item)| read(reader, &at.child(index), item)).collect()
        }
        _ => {
            reader.problem(at, format!("“{what}” should be a list"), "Write each as “- name: …”");
            Vec::new()
        }
    }
}

fn named<T>(
    reader: &mut Reader,
    at: &Pointer,
    value: &Value,
    what: &str,
    from_name: fn(&str) -> Option<T>,
    known: &[&str],
) -> Option<T> {
    let name = reader.text(at, value, what)?;
    let found = from_name(&name);
    if found.is_none() {
        reader.problem(at, format!("“{name}” is no {what}"), format!("Known are: {}", known.join(", ")));
    }
    found
}

fn kind_names() -> Vec<&'static str> {
    Kind::ALL.into_iter().map(Kind::name).collect()
}
