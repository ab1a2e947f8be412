//! Schemas as they are learned from real sites, and overridden.

use copydesk::article::{Article, Intent};
use copydesk::catalog::ColumnKey;
use copydesk::document::merge::Policy;
use copydesk::document::{Document, FieldPath, ScalarStyle, Value};
use copydesk::site::{Config, Kind, SchemaBuilder};
use copydesk::ui::table::column_label;

use crate::common::corpora;
use crate::site_folder::SiteFolder;

fn path(text: &str) -> FieldPath {
    FieldPath::parse(text)
}

#[test]
fn the_home_shape_is_learned() {
    let Some(corpora) = corpora() else { return };
    for (name, threshold, presets) in [
        ("power-apps", 70.0, [70, 75, 80, 85, 90, 95, 100, 105, 110, 120]),
        ("coronavirus", 100.0, [100, 105, 110, 115, 120, 125, 130, 135, 145, 160]),
    ] {
        let folder = SiteFolder::read(&corpora.join(name));
        let schema = folder.site.schema("_news");
        assert_eq!(schema.threshold(), Some((&path("heat"), threshold)), "{name}");
        assert_eq!(schema.heat_score().unwrap().presets, presets, "{name}");
        assert_eq!((schema.heat.clone(), schema.quality.clone()), (Some(path("heat")), Some(path("quality"))));
        assert_eq!((schema.live.clone(), schema.live_when), (Some(path("published")), true));
        assert_eq!(schema.date, Some(path("publishedDateTime")));
        assert_eq!(schema.lead_image, Some(path("images")));
        assert_eq!(schema.provider, Some(path("provider")));
        assert_eq!(schema.topics, Some(path("topics")));
        for (field, kind) in [
            ("title", Kind::Text),
            ("excerpt", Kind::LongText),
            ("publishedDateTime", Kind::Date),
            ("webUrl", Kind::Url),
            ("type", Kind::Choice),
            ("quality", Kind::Score),
            ("published", Kind::YesNo),
            ("provider", Kind::Entry),
            ("topics", Kind::Tags),
            ("images", Kind::Images),
            ("images.width", Kind::Number),
            ("secured", Kind::Opaque),
        ] {
            assert_eq!(schema.field(&path(field)).map(|field| field.kind), Some(kind), "{name} {field}");
        }
        assert_eq!(schema.policy(&path("secured")), Policy::Theirs);
        let styles = &schema.customs().styles;
        assert_eq!(styles[&path("title")], ScalarStyle::Double);
        assert_eq!(styles[&path("topics")], ScalarStyle::Plain);
        assert!(folder.site.config.problems.is_empty());
    }
}

#[test]
fn the_date_of_an_article_is_when_it_was_published_else_when_it_was_changed_never_when_it_runs_out() {
    let day = "2026-06-01";
    for (fields, date, header) in [
        ("expiryDate lastmod publishDate", Some("publishDate"), "Published"),
        ("expiryDate date", Some("date"), "Published"),
        ("expiryDate lastmod", Some("lastmod"), "Lastmod"),
        ("expiryDate", None, "Expiry date"),
    ] {
        let mut builder = SchemaBuilder::default();
        let text: String = fields.split(' ').map(|field| format!("{field}: {day}\n")).collect();
        (0..20).for_each(|_| builder.observe(&Document::parse(format!("---\ntitle: x\n{text}---\n").as_bytes())));
        let schema = builder.finish();
        assert_eq!(schema.date, date.map(path), "{fields}");
        let column = ColumnKey::Field(path(date.unwrap_or("expiryDate")));
        assert_eq!(column_label(&schema, &column), header, "{fields}");
    }
}

#[test]
fn a_key_that_one_file_spells_otherwise_plays_no_part() {
    let mut builder = SchemaBuilder::default();
    builder.observe(&Document::parse(b"---\nTitle: x\nImages: [{url: /a.png}]\n---\n"));
    (0..20).for_each(|_| builder.observe(&Document::parse(b"---\ntitle: y\nimages: [{url: /a.png}]\n---\n")));
    let schema = builder.finish();
    assert_eq!((schema.title, schema.lead_image), (path("title"), Some(path("images"))));
}

#[test]
fn keys_stand_in_their_usual_order() {
    let Some(corpora) = corpora() else { return };
    let schema = SiteFolder::read(&corpora.join("coronavirus")).site.schema("_news");
    let order = "category title excerpt publishedDateTime webUrl ampWebUrl cdnAmpWebUrl type quality heat published provider \
                 topics tags images related secured";
    assert_eq!(schema.key_order(&FieldPath::default()).join(" "), order);
    assert_eq!(schema.key_order(&path("provider")).join(" "), "name domain images");
    assert_eq!(schema.related, Some(path("related")));
    assert_eq!(schema.field(&path("related.quality")).map(|field| field.kind), Some(Kind::Score));
    assert_eq!(schema.field(&path("publishedDateTime")).map(|field| field.label.as_str()), Some("Published date"));
}

#[test]
fn other_collections_have_other_shapes() {
    let Some(corpora) = corpora() else { return };
    let site = SiteFolder::read(&corpora.join("power-apps")).site;
    assert_eq!(site.name, "Power Apps Smartable");
    let names: Vec<String> = site.collections.iter().map(copydesk::site::Collection::full_name).collect();
    // Those with most articles first.
    let want = [
        "News",
        "Learning / Videos",
        "Samples",
        "Learning / Collections",
        "Learning / Courses",
        "People",
        "Communities",
        "Newsletters",
    ];
    assert_eq!(names, want);
    let people = site.schema("_people");
    assert_eq!(people.title, path("name"));
    assert_eq!(people.provider, Some(path("affiliation")));
    assert_eq!(people.quality, None);
    assert!(site.schema("_newsletters").scores.is_empty());
    assert_eq!(site.schema("_samples").field(&path("actions")).map(|field| field.kind), Some(Kind::Entries));
    assert_eq!(site.schema("_communities").field(&path("members")).map(|field| field.kind), Some(Kind::Number));
}

#[test]
fn topics_come_with_their_ancestors_and_providers_with_their_logos() {
    let Some(corpora) = corpora() else { return };
    let folder = SiteFolder::read(&corpora.join("coronavirus"));
    let (site, topics) = (&folder.site, path("topics"));
    let chain = site.vocabulary.with_ancestors(&topics, "Coronavirus in China");
    assert_eq!(chain, ["Coronavirus in China", "Coronavirus in Asia", "Coronavirus"]);
    assert_eq!(site.vocabulary.short(&topics, "Coronavirus in China"), "China");
    let names = |typed| -> Vec<String> {
        site.vocabulary.complete(&topics, typed, 3).into_iter().map(|term| term.name.clone()).collect()
    };
    assert_eq!(names("chin"), ["Coronavirus in China", "Coronavirus in Asia"]);
    assert_eq!(names("new c"), ["New Cases"]);
    assert!(site.vocabulary.is_outside(&topics, "Mars") && !site.vocabulary.is_outside(&topics, "New Cases"));
    assert!(!site.vocabulary.is_outside(&path("tags"), "anything"));

    let reuters = site.vocabulary.organization("reuters.com").unwrap();
    let schema = site.schema("_news");
    let value = site.vocabulary.provider(reuters, schema.logo);
    let want = serde_json::json!({"name": "Reuters", "domain": "reuters.com", "images": [
        {"url": "https://insideout.app/coronavirus/assets/images/organizations/reuters.com-50x50.jpg", "width": 50, "height": 50}
    ]});
    assert_eq!(value.to_json(), want);
    let (file, document) = folder.articles.iter().find(|(file, _)| file.as_str().starts_with("_news/")).unwrap();
    let intent = Intent::add_term(topics, "Coronavirus in China", &site.vocabulary);
    let patch = intent.patch(&Article::new(document, &schema, file)).unwrap();
    let after = patch.apply_to(document.data()).unwrap();
    let topics = path("topics").values(&after).into_iter().filter_map(Value::as_str).collect::<Vec<_>>();
    let place = |name: &str| topics.iter().position(|topic| *topic == name).unwrap();
    assert!(
        place("Coronavirus in China") < place("Coronavirus in Asia")
            && place("Coronavirus in Asia") < place("Coronavirus")
    );
}

const DESK_FILE: &str = "\
columns: [title, heat]
required: [title]
colums: [x]
kinds:
  notes: markdown
  odd: colour
labels: { webUrl: Page }
scores:
  heat: { min: 0, max: 200, threshold: 90, presets: [1, 2, 3] }
  bad: { min: 5, max: 1 }
merge: { heat: mine, title: sometimes }
collections:
  _news:
    name: Latest
    scores: { heat: { max: 300 } }
views:
  - name: To review
    filter: is:changed
    sort: heat:desc, title
  - filter: nothing
actions:
  - name: Breaking
    key: B
    set: { heat: 150 }
  - name: Idle
";

#[test]
fn a_site_overrides_what_is_inferred_and_hears_what_was_not_understood() {
    let config = Config::read(&|name| (name == ".copydesk.yaml").then(|| DESK_FILE.as_bytes().to_vec()));
    let told: Vec<String> = config.problems.iter().map(|problem| format!("{problem} ({})", problem.help)).collect();
    for want in [
        ".copydesk.yaml:3:9: “colums” is not known here (Did you mean “columns”?)",
        ".copydesk.yaml:6:8: “colour” is no kind",
        ".copydesk.yaml:10:8: The lowest value 5 is not below the highest 1",
        ".copydesk.yaml:11:29: “sometimes” is no policy (Known are: ask, mine, theirs, mine-and-list)",
        ".copydesk.yaml:20:5: This view has no name",
        ".copydesk.yaml:25:5: The action “Idle” does nothing",
    ] {
        assert!(told.iter().any(|line| line.starts_with(want)), "{want}\nnot in\n{}", told.join("\n"));
    }
    assert_eq!(told.len(), 6, "{}", told.join("\n"));
    assert_eq!(config.desk.views[0].sort, ["heat:desc", "title"]);
    assert_eq!(config.desk.actions[0].set, [(path("heat"), Value::from(150))]);

    let mut builder = SchemaBuilder::default();
    builder.observe(&Document::parse(b"---\ntitle: a\nheat: 40\nwebUrl: https://example.org\n---\n"));
    let schema = builder.finish_with(&config.desk.for_collection("_other"));
    let heat = schema.score(&path("heat")).unwrap();
    assert_eq!((heat.min, heat.max, heat.bounded, heat.threshold), (0.0, 200.0, true, Some(90.0)));
    assert_eq!(heat.presets[..4], [1, 2, 3, 43]);
    assert_eq!(schema.field(&path("webUrl")).map(|field| field.label.as_str()), Some("Page"));
    assert_eq!(schema.field(&path("notes")).map(|field| field.kind), Some(Kind::Markdown));
    assert_eq!(schema.columns, Some(vec!["title".to_owned(), "heat".to_owned()]));
    assert_eq!(schema.policy(&path("heat")), Policy::Mine);
}

#[test]
fn a_broken_configuration_is_told_with_its_place() {
    let read =
        |text: &'static str| Config::read(&move |name| (name == ".copydesk.yaml").then(|| text.as_bytes().to_vec()));
    let config = read("columns: [title\nviews: x\n");
    assert_eq!(config.problems.len(), 1, "{:?}", config.problems);
    assert!(config.problems[0].place.is_some_and(|place| place.line >= 1));
    assert_eq!(read("").problems, []);
    assert_eq!(read("# only a comment\n").problems, []);
    let config = read("---\ncolums: 1\n");
    assert_eq!(config.problems[0].place.map(|place| place.to_string()).as_deref(), Some("2:9"));
}

#[test]
fn drafts_are_live_the_other_way_round() {
    let mut builder = SchemaBuilder::default();
    let document = Document::parse(b"+++\ntitle = \"a\"\ndraft = true\n+++\n");
    builder.observe(&document);
    let schema = builder.finish();
    assert_eq!((schema.live.clone(), schema.live_when), (Some(path("draft")), false));
    let file = copydesk::file::SitePath::new("content/a.md").unwrap();
    let article = Article::new(&document, &schema, &file);
    assert_eq!(article.live(), Some(false));
    let patch = Intent::Live(true).patch(&article).unwrap();
    assert_eq!(patch.to_json(), serde_json::json!([{"op": "replace", "path": "/draft", "value": false}]));
}
