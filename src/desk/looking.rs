//! What the editor looks at: filter, order, cursor, selection, marks.
//!
//! Invariant: nothing here changes an article. Rows move only when the editor asks for other rows.

use super::command::{ClickMode, Motion, Pane, Tab};
use super::effect::{Effect, Looked};
use super::settings::SiteState;
use super::sitting::Sitting;
use super::toast::{articles, grouped};
use super::view::Renewal;
use super::{Desk, SourceRequest, Tone};
use crate::article::Article;
use crate::catalog::{ArticleId, ColumnKey, Query, SortKey};
use crate::text::{Place, guarded};

/// More selected rows than this are not remembered.
const MOST_REMEMBERED: usize = 1000;

impl Desk {
    /// Asks for rows and counts, or for counts alone.
    pub(super) fn look(&mut self, renewal: Renewal) {
        let serial = self.next_serial();
        let views = self.views();
        let Some(sitting) = &mut self.sitting else { return };
        sitting.view.ask(serial, renewal);
        if renewal != Renewal::Counts {
            sitting.unseen.clear();
        }
        // A count stays in view until the new one is there.
        let before = std::mem::take(&mut sitting.view.counts);
        let known = |filter: &str| before.iter().find(|(known, _)| known == filter).and_then(|(_, count)| *count);
        sitting.view.counts = views
            .into_iter()
            .map(|view| (known(&view.filter), view.filter))
            .map(|(count, filter)| (filter, count))
            .collect();
        self.effects.push(Effect::Look(Box::new(sitting.look())));
    }

    /// Asks again when the running question is answered, or now: for news from the scan, which come in bursts.
    pub(super) fn look_soon(&mut self, renewal: Renewal) {
        let Some(sitting) = &mut self.sitting else { return };
        if sitting.view.is_asking() {
            sitting.view.stale = sitting.view.stale.max(Some(renewal));
        } else {
            self.look(renewal);
        }
    }

    pub(super) fn looked(&mut self, generation: u64, looked: Looked) {
        let Some(sitting) = &mut self.sitting else { return };
        if generation != sitting.view.asked {
            return;
        }
        let renewed = sitting.view.accept(generation, looked);
        if renewed
            // It may be known already and not yet be among the rows that were asked for before.
            && let Some(article) = sitting.cursor_wanted.as_ref().and_then(|path| sitting.catalog.id_of(path))
            && let Some(row) = sitting.view.rows.iter().position(|id| *id == article)
        {
            sitting.cursor_wanted = None;
            sitting.view.put_cursor(row);
            let selected = sitting.state.selected.iter().filter_map(|path| sitting.catalog.id_of(path)).collect();
            sitting.selection.these(selected, article);
        }
        if renewed && sitting.selection.len() < 2 {
            match sitting.view.cursor() {
                Some(article) => sitting.selection.only(article),
                None => sitting.selection.clear(),
            }
        }
        let stale = std::mem::take(&mut sitting.view.stale);
        if renewed {
            self.load_around_cursor();
        }
        if let Some(renewal) = stale {
            self.look(renewal);
        }
    }

    pub(super) fn set_filter(&mut self, text: String) {
        let Some(sitting) = &mut self.sitting else { return };
        match Query::parse(&text) {
            Ok(query) => {
                sitting.view.query = query;
                sitting.view.error = None;
            }
            Err(error) => {
                // The table keeps its last rows while the filter cannot be read.
                sitting.view.error = Some(error);
                sitting.view.text = text;
                return;
            }
        }
        sitting.view.text.clone_from(&text);
        self.change_state(|state| state.filter = text);
        self.look(Renewal::Rows);
    }

    pub(super) fn set_collection(&mut self, folder: Option<String>) {
        let Some(sitting) = &mut self.sitting else { return };
        sitting.view.collection.clone_from(&folder);
        sitting.view.columns = None;
        sitting.selection.clear();
        self.change_state(|state| (state.collection, state.collection_chosen) = (folder, true));
        self.refilter();
    }

    pub(super) fn refilter(&mut self) {
        self.look(Renewal::Rows);
    }

    /// Shows what came or changed on disk since the rows were asked for, and nothing else.
    pub(super) fn show_news(&mut self) {
        self.with_sitting(|sitting| {
            let unseen = std::mem::take(&mut sitting.unseen);
            sitting.new.retain(|id| unseen.contains(id));
            sitting.updated.retain(|id| unseen.contains(id));
        });
        self.set_filter("is:new OR is:updated".to_owned());
    }

    pub(super) fn sort_by(&mut self, column: ColumnKey, add: bool) {
        let Some(sitting) = &mut self.sitting else { return };
        let mut sort = sitting.sort_in_force();
        let at = sort.iter().position(|key| key.column == column);
        // Scores and dates are wanted from the top; texts from A.
        let first_way = sitting.prefers_descending(&column);
        match (at, add) {
            (Some(at), true) => sort[at].descending ^= true,
            (None, true) => sort.push(SortKey { column, descending: first_way }),
            (Some(0), false) if sort.len() == 1 => sort[0].descending ^= true,
            (_, false) => sort = vec![SortKey { column, descending: first_way }],
        }
        sitting.view.sort.clone_from(&sort);
        self.change_state(|state| state.sort = Some(sort));
        self.refilter();
    }

    pub(super) fn move_cursor(&mut self, motion: Motion, extend: bool) {
        let Some(sitting) = &mut self.sitting else { return };
        let Some(row) = sitting.view.target(motion) else { return };
        sitting.history.close_group();
        sitting.cursor_wanted = None;
        sitting.view.put_cursor(row);
        if extend {
            let rows = std::sync::Arc::clone(&sitting.view.rows);
            sitting.selection.extend_to(&rows, row);
        } else if let Some(article) = sitting.view.cursor() {
            sitting.selection.only(article);
        }
        self.load_around_cursor();
    }

    /// Goes on to the next row that is not held, as after a judgement.
    pub(super) fn advance(&mut self) {
        let Some(sitting) = &mut self.sitting else { return };
        if let Some(row) = sitting.view.next_row() {
            sitting.view.put_cursor(row);
            if let Some(article) = sitting.view.cursor() {
                sitting.selection.only(article);
            }
        }
        self.load_around_cursor();
    }

    pub(super) fn click(&mut self, row: usize, mode: ClickMode) {
        let Some(sitting) = &mut self.sitting else { return };
        sitting.history.close_group();
        let rows = std::sync::Arc::clone(&sitting.view.rows);
        sitting.cursor_wanted = None;
        sitting.selection.click(&rows, row, mode);
        sitting.view.put_cursor(row);
        self.load_around_cursor();
    }

    pub(super) fn go_to(&mut self, article: ArticleId) {
        let Some(sitting) = &mut self.sitting else { return };
        match sitting.view.rows.iter().position(|id| *id == article) {
            Some(row) => sitting.view.put_cursor(row),
            None => sitting.view.set_cursor(Some(article)),
        }
        sitting.selection.only(article);
        self.load_around_cursor();
    }

    pub(super) fn show_source(&mut self, article: ArticleId, place: Place) {
        self.go_to(article);
        self.set_tab(Tab::Source);
        self.source = SourceRequest { place: Some((article, place)), serial: self.source.serial + 1 };
    }

    pub(super) fn select_all(&mut self) {
        let Some(sitting) = &mut self.sitting else { return };
        let rows = std::sync::Arc::clone(&sitting.view.rows);
        sitting.selection.all(&rows);
        if rows.len() > 1 {
            self.toasts.note(format!("All {} shown are selected", grouped(rows.len())));
        }
    }

    pub(super) fn select_none(&mut self) {
        let Some(sitting) = &mut self.sitting else { return };
        match sitting.view.cursor() {
            Some(article) => sitting.selection.only(article),
            None => sitting.selection.clear(),
        }
    }

    pub(super) fn toggle_mark(&mut self) {
        let targets = self.targets();
        let Some(sitting) = &mut self.sitting else { return };
        let all = targets.iter().all(|id| sitting.marked.contains(id));
        for article in &targets {
            if all {
                sitting.marked.remove(article);
            } else {
                sitting.marked.insert(*article);
            }
        }
        let paths = sitting.marked.iter().map(|id| sitting.catalog.path(*id)).collect();
        self.change_state(|state: &mut SiteState| state.marked = paths);
        let verb = if all { "no longer marked" } else { "marked for later" };
        self.toasts.done(format!("{} · {verb}", articles(targets.len())));
    }

    pub(super) fn open_page(&mut self, address: Option<String>) {
        let address = address.or_else(|| {
            let sitting = self.sitting.as_ref()?;
            let article = sitting.view.cursor()?;
            let opened = sitting.texts.get(article)?;
            let (schema, path) = (sitting.schema_of(article), sitting.catalog.path(article));
            Article::new(&opened.document, &schema, &path).page().map(str::to_owned)
        });
        let Some(address) = address else {
            return self.toasts.note("This article has no web address");
        };
        match url::Url::parse(&address) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.host().is_some() => {
                self.effects.push(Effect::OpenPage(url.into()));
            }
            _ => self.toasts.note(format!("Only http and https pages are opened, not “{address}”")),
        }
    }

    pub(super) fn copy_rows(&mut self) {
        let targets = self.targets();
        let Some(sitting) = &self.sitting else { return };
        if targets.is_empty() {
            return;
        }
        let columns = sitting.table_columns();
        let mut text: String = columns.iter().map(|name| tsv_cell(&name.to_string())).collect::<Vec<_>>().join("\t");
        for article in &targets {
            text.push('\n');
            let cells = columns.iter().map(|column| tsv_cell(&sitting.catalog.cell(*article, column).to_string()));
            text.push_str(&cells.collect::<Vec<_>>().join("\t"));
        }
        self.effects.push(Effect::Copy(text));
        self.toasts.push(format!("{} copied as table", articles(targets.len())), Tone::Done, None);
    }

    pub(super) fn show_view(&mut self, index: usize) {
        let Some(view) = self.views().get(index).cloned() else { return };
        if let Some(folder) = view.collection.as_deref().map(|folder| folder.trim_matches('/'))
            && self.site().is_some_and(|site| site.collection(folder).is_some())
        {
            self.set_collection(Some(folder.to_owned()));
        }
        let Some(sitting) = &mut self.sitting else { return };
        sitting.view.columns = view.columns;
        let sort: Vec<SortKey> = view.sort.iter().map(|key| sort_key(sitting, key)).collect();
        if !sort.is_empty() {
            sitting.view.sort.clone_from(&sort);
            self.change_state(|state| state.sort = Some(sort));
        }
        self.set_filter(view.filter);
        self.focus.pane = Pane::Table;
    }

    /// The first row in view when the site was left, if it is a row now.
    #[must_use]
    pub fn remembered_top(&self) -> Option<usize> {
        let sitting = self.sitting.as_ref()?;
        let article = sitting.catalog.id_of(sitting.state.top.as_ref()?)?;
        sitting.view.rows.iter().position(|id| *id == article)
    }

    /// The first row in view, as far as the table told.
    #[must_use]
    pub fn top(&self) -> Option<ArticleId> {
        self.sitting.as_ref()?.top
    }

    /// Remembers where the editor is whenever changes have come to rest, for a sitting may end without being left: the next one
    /// goes on from there. Not before the last place was found again.
    pub(super) fn store_place(&mut self) {
        let is_there = |sitting: &Sitting| {
            sitting.scan.done && sitting.is_recovered && sitting.cursor_wanted.is_none() && sitting.top.is_some()
        };
        if self.sitting.as_deref().is_some_and(is_there) {
            self.store_cursor();
        }
    }

    /// Remembers where the cursor stands, what is selected and what is in view, when the site is left.
    pub(super) fn store_cursor(&mut self) {
        let cursor = self
            .sitting
            .as_ref()
            .and_then(|sitting| sitting.view.cursor().map(|article| sitting.catalog.path(article)));
        let Some(sitting) = &self.sitting else { return };
        let path = |id: ArticleId| sitting.catalog.path(id);
        let selected = match sitting.selection.len() {
            2..=MOST_REMEMBERED => sitting.selection.iter().map(path).collect(),
            _ => Vec::new(),
        };
        let top = sitting.top.map(path);
        let state = &sitting.state;
        if (&state.cursor, &state.selected, &state.top) == (&cursor, &selected, &top) {
            return;
        }
        self.change_state(|state| (state.cursor, state.selected, state.top) = (cursor, selected, top));
    }
}

impl Sitting {
    pub(super) fn prefers_descending(&self, column: &ColumnKey) -> bool {
        use crate::site::Kind;
        let ColumnKey::Field(path) = column else { return false };
        let schema = self.shown_schema();
        let kind = schema.as_deref().and_then(|schema| schema.field(path)).map(|field| field.kind);
        matches!(kind, Some(Kind::Score | Kind::Number | Kind::Date | Kind::YesNo))
    }

    /// The columns of the table that are shown.
    pub(super) fn table_columns(&self) -> Vec<ColumnKey> {
        self.columns().into_iter().filter(|column| column.shown).map(|column| column.key).collect()
    }
}

/// A key of a view's order: `heat:desc`.
fn sort_key(sitting: &Sitting, text: &str) -> SortKey {
    let (name, way) = text.split_once(':').unwrap_or((text, ""));
    SortKey { column: sitting.catalog.column(name.trim()), descending: way.trim().eq_ignore_ascii_case("desc") }
}

/// A cell as it may stand in a table that a spreadsheet reads: no breaks, and no formula.
fn tsv_cell(text: &str) -> String {
    let flat = text.replace(['\t', '\n', '\r'], " ");
    if flat.parse::<f64>().is_ok() { flat } else { guarded(&flat).into_owned() }
}
