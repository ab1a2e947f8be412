//! `copydesk list`: what the table of the desk shows.
//!
//! Invariant: the same filter, sort and columns as the desk; opaque values never come out.

use std::collections::{BTreeSet, HashMap};
use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use rayon::prelude::*;

use super::cells::{csv_cell, json_cell, text_cell};
use super::columns::table;
use super::output::{CliError, Output, Verdict};
use super::progress::Progress;
use super::survey::Survey;
use crate::article::{ArticleId, Wanted};
use crate::catalog::duplicates::by_article;
use crate::catalog::is_searched;
use crate::catalog::{Catalog, Cell, ColumnKey, Computed, Facts, Query, SortKey, Twin, duplicates, filter, sort};
use crate::desk::settings::SMALLEST_PICTURE;
use crate::document::FieldPath;
use crate::jobs::{self, Memory, Stamps};
use crate::storage::SiteFolder;
use crate::storage::clock;
use crate::storage::state::StateFolder;

/// The arguments of `copydesk list`.
#[derive(Debug, Args)]
#[command(after_help = "\
The filter is the one of the desk: words, \"a phrase\", field:value, heat:>=95, heat:50..90, date:2020-05, date:<7d, has:related, \
missing:images, is:follower, is:duplicate, is:problem, -not, a OR b, brackets. A field is any path of the front matter: \
provider.domain, related.title. `path` is the file's path in the site.

Examples:
  copydesk list my-site --filter 'is:live heat:>=95' --sort heat:desc,title
  copydesk list my-site --columns path,provider.domain,related.count --format csv > articles.csv
  copydesk list my-site --filter 'missing:images' --columns path --format jsonl | jq -r .path")]
pub struct List {
    /// The site's folder
    #[arg(value_hint = clap::ValueHint::DirPath)]
    site: PathBuf,
    /// Only articles that match
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)] // "-word" is a query
    filter: Option<String>,
    /// Columns to sort by, the first one first; with :desc from the largest
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    sort: Vec<String>,
    /// Columns to show
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    columns: Vec<String>,
    /// How to write them
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// CSV as it is, without the ' that keeps a spreadsheet from taking a text for a formula
    #[arg(long)]
    raw: bool,
}

/// How a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Aligned columns, for reading
    Table,
    /// One JSON array of objects
    Json,
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values with a header
    Csv,
}

/// Rows that are written with one call.
const ROWS_AT_ONCE: usize = 1024;

/// So many times as many rows are made into text by all cores before they are written.
const CHUNKS_AT_ONCE: usize = 32;

impl List {
    pub(super) fn run(&self, output: &mut Output) -> Result<Verdict, CliError> {
        let query = self.query()?;
        let folder = SiteFolder::open(&self.site)?;
        let state = StateFolder::for_user().map_err(|error| log::info!("nothing is remembered: {error}")).ok();
        let memory = state.map(|state| Memory::of(&folder, state));
        let stamps = memory.as_ref().map_or(Stamps::WhenRead, Memory::stamps);
        // Not given back piece by piece: when all is written the process ends.
        let survey = ManuallyDrop::new(Survey::of_folder(folder, stamps)?);
        let catalog = ManuallyDrop::new(self.read(&survey, memory.as_ref(), &query, output));
        let columns = self.columns(&survey, &catalog);
        self.warn_of_unknown(&catalog, &query, output);
        let asked = self.asks_for_duplicates(&query);
        let groups = if asked { duplicates(&catalog, &|| false).unwrap_or_default() } else { Vec::new() };
        let twins = by_article(&groups);
        let sheet = Sheet::of(&catalog, &twins);
        let mut rows = filtered(&survey, &catalog, &query, &twins);
        let mut keys: Vec<SortKey> = self.sort.iter().map(|name| sort_key(&catalog, name)).collect();
        let is_by_story = keys.is_empty() && asked;
        if keys.is_empty() {
            keys.push(SortKey { column: ColumnKey::Computed(Computed::Path), descending: false });
        }
        sort(&catalog, &mut rows, &keys);
        if is_by_story {
            // Those that tell the same story stand together.
            rows.sort_by_key(|row| twins.get(row).map_or(u32::MAX, |twin| twin.group));
        }
        match self.format {
            Format::Table => write_table(output, &sheet, &rows, &columns),
            Format::Json => write_json(output, &sheet, &rows, &columns),
            Format::Jsonl => {
                rows.iter().try_for_each(|row| output.data(&format!("{}\n", object(&sheet, *row, &columns))))
            }
            Format::Csv => write_csv(output, &sheet, &rows, &columns, self.raw),
        }?;
        Ok(Verdict::Done)
    }

    /// Reads the site's rows with what is asked for of them.
    fn read(&self, survey: &Survey, memory: Option<&Memory>, query: &Query, output: &Output) -> Catalog {
        let progress = Progress::over(output, "Reading", survey.known.articles.len());
        let step = &mut |done, _| progress.at(done);
        let (wanted, problems) = (self.wanted(survey, query), self.asks_for_problems());
        let catalog = jobs::list(&survey.folder, &survey.known, memory, &wanted, problems, step);
        progress.finish();
        catalog
    }

    /// The fields that columns, order and filter look at: a list of titles needs no room for excerpts.
    fn wanted(&self, survey: &Survey, query: &Query) -> Wanted {
        let usual = if self.columns.is_empty() { usual_names(survey) } else { Vec::new() };
        let keys = self.sort.iter().map(|key| way_of(key).0);
        let names: Vec<&str> = self.columns.iter().chain(&usual).map(String::as_str).chain(keys).collect();
        // Pictures are found by the way, and stories told twice by all that is written of them.
        let mut fields: Vec<FieldPath> = names.into_iter().map(FieldPath::parse).chain(query.fields()).collect();
        if fields.contains(&FieldPath::parse(Computed::Image.name()))
            || self.asks_for_duplicates(query)
            || asks_for_pictures(query)
        {
            return Wanted::All;
        }
        fields.sort();
        fields.dedup();
        Wanted::Only(fields)
    }

    /// Whether stories told twice have to be found.
    fn asks_for_duplicates(&self, query: &Query) -> bool {
        let name = Computed::Twin.name();
        query.text().contains(name) || self.columns.iter().any(|column| column == name)
    }

    /// Whether the rules have to look at every article, which takes longer than reading it.
    fn asks_for_problems(&self) -> bool {
        let names = self.columns.iter().chain(&self.sort).chain(&self.filter);
        names.into_iter().any(|text| text.contains("problem") || text.contains("state"))
    }

    fn query(&self) -> Result<Query, CliError> {
        let text = self.filter.as_deref().unwrap_or_default();
        Query::parse(text).map_err(|error| {
            let before = text.get(..error.span.start).unwrap_or_default().chars().count();
            let wrong = text.get(error.span.range()).unwrap_or_default().chars().count().max(1);
            CliError::Usage(format!("The filter: {error}\n  {text}\n  {}{}", " ".repeat(before), "^".repeat(wrong)))
        })
    }

    fn columns(&self, survey: &Survey, catalog: &Catalog) -> Vec<(String, ColumnKey)> {
        let names = if self.columns.is_empty() { usual_names(survey) } else { self.columns.clone() };
        names.into_iter().map(|name| (name.clone(), column(catalog, &name))).collect()
    }

    /// Says which fields that were asked for no article has: a misspelled one would else look like an empty answer.
    fn warn_of_unknown(&self, catalog: &Catalog, query: &Query, output: &mut Output) {
        let known: BTreeSet<_> = catalog.fields().into_iter().collect();
        // Words are looked for in fields that not every site has.
        let of_filter = query.fields().into_iter().map(|field| field.to_string()).filter(|name| !is_searched(name));
        let of_order = self.sort.iter().map(|name| way_of(name).0.to_owned());
        let mut told = BTreeSet::new();
        for name in self.columns.iter().cloned().chain(of_order).chain(of_filter) {
            let is_unknown = matches!(column(catalog, &name), ColumnKey::Field(path) if !known.contains(&path));
            if is_unknown && told.insert(name.clone()) {
                output.note(&format!("warning: No article has a field “{name}”"));
            }
        }
    }
}

/// The cells of all rows, those too that the catalog does not know.
struct Sheet<'a> {
    catalog: &'a Catalog,
    /// Which story, and how alike they are: `3: same address`.
    twins: HashMap<ArticleId, String>,
}

impl<'a> Sheet<'a> {
    fn of(catalog: &'a Catalog, twins: &HashMap<ArticleId, Twin>) -> Self {
        let text = |twin: &Twin| format!("{}: {twin}", twin.group + 1);
        Self { catalog, twins: twins.iter().map(|(id, twin)| (*id, text(twin))).collect() }
    }

    fn cell(&self, row: ArticleId, key: &ColumnKey) -> Cell<'_> {
        match key {
            ColumnKey::Computed(Computed::Twin) => self.twins.get(&row).map_or(Cell::Missing, |text| Cell::Text(text)),
            key => self.catalog.cell(row, key),
        }
    }
}

fn filtered(survey: &Survey, catalog: &Catalog, query: &Query, twins: &HashMap<ArticleId, Twin>) -> Vec<ArticleId> {
    let duplicate = Arc::new(twins.clone());
    let mut facts = Facts { today: clock::today(), duplicate, ..Facts::default() };
    if asks_for_pictures(query) {
        let report = survey.pictures(catalog, Some(SMALLEST_PICTURE));
        facts.problem = report.broken.union(&report.wrong_size).copied().collect();
        facts.broken_image = report.broken.into_iter().collect();
        facts.wrong_size = report.wrong_size.into_iter().collect();
        facts.small_image = report.small.into_iter().collect();
    }
    filter(catalog, query, &facts, &|| false).unwrap_or_default()
}

/// Problems count too: a row that the desk marks for its picture is found here.
fn asks_for_pictures(query: &Query) -> bool {
    let text = query.text().to_lowercase();
    ["is:broken-image", "is:small-image", "is:wrong-size", "is:problem"].iter().any(|state| text.contains(state))
}

/// Date, scores and live as the largest collection has them, then title and path.
fn usual_names(survey: &Survey) -> Vec<String> {
    let largest = survey.known.site().collections.iter().map(|it| &it.schema).max_by_key(|schema| schema.articles);
    let mut names = Vec::new();
    if let Some(schema) = largest {
        names.extend(schema.date.as_ref().map(ToString::to_string));
        names.extend(schema.scores.iter().map(|score| score.path.to_string()));
        names.extend(schema.live.as_ref().map(ToString::to_string));
    }
    names.extend(["title".to_owned(), "path".to_owned()]);
    names
}

/// The name of a column to sort by, and whether from the largest.
fn way_of(name: &str) -> (&str, bool) {
    match name.rsplit_once(':') {
        Some((name, "desc")) => (name, true),
        Some((name, "asc")) => (name, false),
        _ => (name, false),
    }
}

fn sort_key(catalog: &Catalog, name: &str) -> SortKey {
    let (name, descending) = way_of(name);
    SortKey { column: column(catalog, name), descending }
}

/// The title is what the table shows as such: the name of a person, who has no title.
fn column(catalog: &Catalog, name: &str) -> ColumnKey {
    if name == Computed::Title.name() { ColumnKey::Computed(Computed::Title) } else { catalog.column(name) }
}

fn object(sheet: &Sheet<'_>, row: ArticleId, columns: &[(String, ColumnKey)]) -> serde_json::Value {
    let members = columns.iter().filter_map(|(name, key)| Some((name.clone(), json_cell(&sheet.cell(row, key))?)));
    serde_json::Value::Object(members.collect())
}

fn write_json(
    output: &mut Output,
    sheet: &Sheet<'_>,
    rows: &[ArticleId],
    columns: &[(String, ColumnKey)],
) -> Result<(), CliError> {
    for (i, row) in rows.iter().enumerate() {
        output.data(&format!("{}{}", if i == 0 { "[\n  " } else { ",\n  " }, object(sheet, *row, columns)))?;
    }
    output.data(if rows.is_empty() { "[]\n" } else { "\n]\n" })
}

fn write_csv(
    output: &mut Output,
    sheet: &Sheet<'_>,
    rows: &[ArticleId],
    columns: &[(String, ColumnKey)],
    raw: bool,
) -> Result<(), CliError> {
    let mut head = csv::Writer::from_writer(Vec::new());
    // A column may be called what a field is, and a field anything.
    let named = |name| csv_cell(&Cell::Text(name), raw);
    columns.iter().try_for_each(|(name, _)| head.write_field(named(name).as_bytes())).map_err(told)?;
    head.write_record(None::<&[u8]>).map_err(told)?;
    output.data(&written(head)?)?;
    let lines = |rows: &[ArticleId]| -> Result<String, CliError> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in rows {
            let mut cells = columns.iter().map(|(_, key)| csv_cell(&sheet.cell(*row, key), raw));
            // As bytes: the cells are borrowed from the catalog where they can be.
            cells.try_for_each(|cell| writer.write_field(cell.as_bytes())).map_err(told)?;
            writer.write_record(None::<&[u8]>).map_err(told)?;
        }
        written(writer)
    };
    for rows in rows.chunks(CHUNKS_AT_ONCE * ROWS_AT_ONCE) {
        let texts: Vec<_> = rows.par_chunks(ROWS_AT_ONCE).map(lines).collect();
        texts.into_iter().try_for_each(|text| output.data(&text?))?;
    }
    Ok(())
}

fn told(error: csv::Error) -> CliError {
    CliError::Output(error.into())
}

fn written(writer: csv::Writer<Vec<u8>>) -> Result<String, CliError> {
    let bytes = writer.into_inner().map_err(|error| CliError::Output(error.into_error()))?;
    Ok(String::from_utf8(bytes).unwrap_or_else(|odd| String::from_utf8_lossy(odd.as_bytes()).into_owned()))
}

fn write_table(
    output: &mut Output,
    sheet: &Sheet<'_>,
    rows: &[ArticleId],
    columns: &[(String, ColumnKey)],
) -> Result<(), CliError> {
    let head = columns.iter().map(|(name, _)| name.clone()).collect();
    let cells = rows.iter().map(|row| columns.iter().map(|(_, key)| text_cell(&sheet.cell(*row, key))).collect());
    let width = output.width();
    for line in table(head, cells.collect(), width) {
        output.data(&format!("{line}\n"))?;
    }
    if output.is_watched() {
        output.note(&format!("{} of {} articles", rows.len(), sheet.catalog.len()));
    }
    Ok(())
}
