//! Pictures that are broken, small, wrongly declared, shared or unused: found from columns, filtered by, corrected as one step.

use std::path::Path;
use std::sync::Arc;

use copydesk::article::scanner::scan;
use copydesk::article::{Article, Outline, PictureFact, PictureIndex, Record, Wanted};
use copydesk::catalog::{ArticleId, Catalog, PictureReport};
use copydesk::desk::{Command, Event};
use copydesk::file::{SitePath, Stamp};
use copydesk::jobs::pictures::PictureFacts;
use copydesk::jobs::pictures::judge::report;
use copydesk::jobs::pictures::unused::unused;
use copydesk::picture::{Failure, FailureKind};
use copydesk::site::paths::collection_of;
use copydesk::storage::{SiteFolder as Disk, StateFolder};
use tempfile::TempDir;

use crate::site_folder::SiteFolder;
use crate::world::World;

/// Each article's name with its front matter below the title.
const ARTICLES: [(&str, &str); 14] = [
    ("right", "images:\n- {url: /assets/wide.png, width: 300, height: 200}\n"),
    ("wrong", "images:\n- {url: /assets/wide.png, width: 640, height: 480}\n"),
    (
        "second-wrong",
        "images:\n- {url: /assets/wide.png, width: 300, height: 200}\n- {url: /assets/tiny.png, width: 9, height: 9}\n",
    ),
    ("one-silent", "images:\n- {url: /assets/wide.png}\n- {url: /assets/wide.png, width: 1, height: 1}\n"),
    ("silent", "images:\n- {url: /assets/wide.png}\n"),
    ("tiny", "images:\n- {url: /assets/tiny.png}\n"),
    ("missing", "images:\n- {url: /assets/none.png}\n"),
    ("page", "images:\n- {url: /assets/page.png}\n"),
    ("drawn", "images:\n- {url: /assets/drawn.svg, width: 5, height: 5}\n"),
    ("modern", "images:\n- {url: /assets/new.avif, width: 640, height: 400}\n"),
    ("modern-wrong", "images:\n- {url: /assets/new.avif, width: 5, height: 5}\n"),
    ("far", "images:\n- {url: https://far.example/a.png, width: 5, height: 5}\n"),
    ("gone", "images:\n- {url: https://far.example/gone.png}\n"),
    (
        "logo",
        "images:\n- {url: /assets/wide.png}\nprovider: {name: X, domain: x.example, images: [{url: /assets/tiny.png, width: 50, height: 51}]}\n",
    ),
];

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(width, height).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn site() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, bytes: &[u8]| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    for (name, fields) in ARTICLES {
        put(&format!("_news/{name}.md"), format!("---\ntitle: {name}\n{fields}---\n").as_bytes());
    }
    put("assets/wide.png", &png(300, 200));
    put("assets/tiny.png", &png(50, 50));
    // The first boxes of an AVIF file, with its size in the one that tells it; that it cannot be shown here is not its fault.
    let avif = [
        &b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf\0\0\0\x14ispe\0\0\0\0"[..],
        &640_u32.to_be_bytes(),
        &400_u32.to_be_bytes(),
    ];
    put("assets/new.avif", &avif.concat());
    put("assets/page.png", b"<!doctype html><html></html>");
    put("assets/drawn.svg", b"<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>");
    folder
}

fn catalog(folder: &SiteFolder) -> Catalog {
    let mut catalog = Catalog::new();
    for (path, document) in &folder.articles {
        let schema = folder.site.schema(collection_of(path));
        catalog.upsert(Record::of(path, Stamp::default(), document, &schema));
    }
    catalog
}

fn judged(root: &Path, facts: &PictureFacts, most: usize) -> (Catalog, PictureReport) {
    let folder = SiteFolder::read(root);
    let catalog = catalog(&folder);
    let disk = Disk::open(root).unwrap();
    let report = report(&disk, &folder.site, &catalog, facts, (Some(200), most), &|| false).unwrap();
    (catalog, report)
}

fn names<'a>(catalog: &Catalog, ids: impl IntoIterator<Item = &'a ArticleId>) -> String {
    ids.into_iter().map(|id| catalog.path(*id).stem().to_owned()).collect::<Vec<_>>().join(" ")
}

fn failed(kind: FailureKind) -> Result<copydesk::picture::Rendered, Failure> {
    Err(Failure::new(kind, "404", 0))
}

#[test]
fn columns_and_files_tell_which_articles_have_which_problem() {
    let folder = site();
    let facts = PictureFacts::new(Disk::open(folder.path()).unwrap());
    facts.learn("https://far.example/gone.png", &failed(FailureKind::Missing));
    facts.learn("https://far.example/a.png", &failed(FailureKind::Unreachable));
    let (catalog, report) = judged(folder.path(), &facts, usize::MAX);
    assert_eq!(names(&catalog, &report.broken), "gone missing page");
    assert_eq!(names(&catalog, &report.small), "second-wrong tiny");
    // The third one's list has fewer sizes than addresses, so its text was asked.
    assert_eq!(names(&catalog, &report.wrong_size), "logo modern-wrong one-silent second-wrong wrong");
    let shared: Vec<_> = report.shared.iter().map(|it| (it.address(), it.articles.len())).collect();
    assert_eq!(shared, [("/assets/wide.png", 6)]);
    assert_eq!(report.unseen, 0);
}

#[test]
fn files_of_the_same_bytes_are_one_picture_however_they_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, bytes: &[u8]| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    for name in ["a.png", "copy of a.png"] {
        put(&format!("assets/{name}"), &png(300, 200));
    }
    put("assets/b.png", &png(300, 201));
    put("_news/beside.png", &png(300, 200));
    let addresses = [
        "/assets/a.png",
        "/assets/a.png",
        "/assets/a.png?v=2",
        "/assets/copy%20of%20a.png",
        "beside.png",
        "/assets/b.png",
        "https://far.example/a.png",
    ];
    for (number, address) in addresses.iter().enumerate() {
        put(&format!("_news/{number}.md"), format!("---\ntitle: x\nimages:\n- {{url: {address}}}\n---\n").as_bytes());
    }
    let facts = PictureFacts::new(Disk::open(folder.path()).unwrap());
    let (catalog, report) = judged(folder.path(), &facts, usize::MAX);
    let [shared] = report.shared.as_slice() else { panic!("{:?}", report.shared) };
    assert_eq!(names(&catalog, &shared.articles), "0 1 2 3 4");
    assert_eq!((shared.address(), shared.written.len()), ("/assets/a.png", 4));
}

/// A pixel, whole and cut off in its middle.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg==";

#[test]
fn a_picture_in_its_address_is_judged_like_a_file_and_an_address_that_leads_nowhere_has_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("_news")).unwrap();
    let put = |name: &str, fields: &str| {
        let text = format!("---\ntitle: x\n{fields}---\n");
        std::fs::write(folder.path().join(format!("_news/{name}.md")), text).unwrap();
    };
    let (half, long) = (&PIXEL[..60], "A".repeat(90_000));
    for name in ["whole", "second", "third", "fourth", "fifth"] {
        put(name, &format!("images:\n- {{url: 'data:image/png;base64,{PIXEL}', width: 1, height: 1}}\n"));
    }
    put("declared", &format!("images:\n- {{url: 'data:image/png;base64,{PIXEL}', width: 2, height: 1}}\n"));
    put("cut-off", &format!("images:\n- {{url: 'data:image/png;base64,{half}'}}\n"));
    put("no-base64", "images:\n- {url: 'data:image/png;base64,*'}\n");
    // Longer than what a column keeps: cut off there, it would look damaged.
    put("drawn", &format!("images:\n- {{url: 'data:image/svg+xml,<svg xmlns=\"x\"><!-- {long} --></svg>'}}\n"));
    put("outside", "images:\n- {url: ../../../secret.png}\n");
    put("empty", "images:\n- {url: ''}\n");
    put("none", "images: ''\n");

    let facts = PictureFacts::new(Disk::open(folder.path()).unwrap());
    let (catalog, report) = judged(folder.path(), &facts, usize::MAX);
    assert_eq!(names(&catalog, &report.broken), "cut-off no-base64 outside");
    assert_eq!(names(&catalog, &report.wrong_size), "declared");

    let program = std::process::Command::new(env!("CARGO_BIN_EXE_copydesk"));
    let told = { program }.args(["check", "--format", "json"]).arg(folder.path()).output().unwrap();
    let told: Vec<serde_json::Value> = serde_json::from_slice(&told.stdout).unwrap();
    let of = |code: &str| -> Vec<&str> {
        told.iter().filter(|it| it["code"] == code).filter_map(|it| it["path"].as_str()).collect()
    };
    assert_eq!(of("broken-image"), ["_news/cut-off.md", "_news/no-base64.md"]);
    assert_eq!(of("broken-address"), ["_news/outside.md"]);
    assert_eq!(of("wrong-size"), ["_news/declared.md"]);
}

#[test]
fn the_picture_that_leads_is_the_same_from_a_row_and_from_the_article() {
    let forms = [
        ("images:\n- {url: /a.png}\n- {url: /b.png}\n", Some("/a.png")),
        ("images:\n- {alt: none, width: 9}\n- {url: /b.png}\n", None),
        ("images: [/a.png, /b.png]\n", Some("/a.png")),
        ("images:\n- {file: /a.png, src: /c.png}\n", Some("/c.png")),
        ("image: /a.png\n", Some("/a.png")),
        ("image: {url: /a.png, alt: A hill}\n", Some("/a.png")),
        ("image:\n  path: /a.png\n  thumbnail: /t.png\n", Some("/a.png")),
        ("image: {file: /f.png, path: /a.png}\n", Some("/a.png")),
        ("image: {url: https://x.example/a, width: 9, height: 9}\n", Some("https://x.example/a")),
        ("cover: {src: a.jpg}\n", Some("a.jpg")),
        ("author: {name: Ann, image: /ann.png}\n", None),
    ];
    for (front, expected) in forms {
        let files = ["one", "two"].map(|name| (format!("_news/{name}.md"), format!("---\ntitle: x\n{front}---\n")));
        let paths = files.iter().map(|(path, _)| SitePath::new(path).unwrap()).collect();
        let read = |path: &str| files.iter().find(|(own, _)| own == path).map(|(_, text)| text.clone().into_bytes());
        let folder = SiteFolder::of(&paths, &read);
        let catalog = catalog(&folder);
        for (at, (path, document)) in folder.articles.iter().enumerate() {
            let schema = folder.site.schema("_news");
            let of_article = Article::new(document, &schema, path).lead_image();
            let of_row = catalog.lead_image(ArticleId(at as u32));
            let outline = Outline::of(&schema, "_news", &Wanted::All);
            let bytes = read(path.as_str()).unwrap();
            assert_eq!([of_article, of_row], [expected; 2], "{front}");
            // What stands in brackets is not for the row scanner.
            let scanned = scan(path, Stamp::default(), &bytes, &outline);
            assert!(scanned.is_some() || front.contains(['{', '[']), "{front}");
            assert!(scanned.is_none_or(|scanned| scanned.lead_image() == expected), "{front}");
        }
    }
}

#[test]
fn check_reports_what_the_desk_shows() {
    let folder = site();
    let put = |path: &str, bytes: &[u8]| std::fs::write(folder.path().join(path), bytes).unwrap();
    put("assets/lost.png", &png(9, 9));
    put("assets/wide copy.png", &png(300, 200));
    put("_news/copied.md", b"---\ntitle: x\nimages:\n- {url: /assets/wide%20copy.png}\n---\n");
    put("_news/shouted.md", b"---\ntitle: x\nimages:\n- {url: /assets/WIDE.png}\n---\n");
    let program = std::process::Command::new(env!("CARGO_BIN_EXE_copydesk"));
    let told = { program }.args(["check", "--format", "json"]).arg(folder.path()).output().unwrap();
    assert_eq!(told.status.code(), Some(1));
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    let of = |code: &str| -> Vec<String> {
        let found = told.as_array().unwrap().iter().filter(|problem| problem["code"] == code);
        let name =
            |problem: &serde_json::Value| problem["path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let mut names: Vec<String> = found.map(name).collect();
        names.dedup();
        names
    };
    assert_eq!(of("broken-image"), ["missing.md", "page.md"]);
    assert_eq!(of("image-case"), ["shouted.md"]);
    assert_eq!(of("small-image"), ["second-wrong.md", "tiny.md"]);
    assert_eq!(of("wrong-size"), ["logo.md", "modern-wrong.md", "one-silent.md", "second-wrong.md", "wrong.md"]);
    assert_eq!(of("unused-image"), ["lost.png"]);
    assert_eq!(of("shared-image"), ["copied.md"]);
    let messages: Vec<&str> = told.as_array().unwrap().iter().filter_map(|it| it["message"].as_str()).collect();
    let shared = "The picture /assets/wide%20copy.png leads 7 articles, under 1 other address too, this is the first";
    assert!(messages.contains(&shared), "{messages:#?}");
    assert!(
        messages.iter().any(|message| message.contains("assets/wide.png") && message.contains("WIDE")),
        "{messages:#?}"
    );
}

#[test]
fn very_many_pictures_are_not_all_looked_at_by_themselves_and_known_ones_not_again() {
    let folder = site();
    let disk = Disk::open(folder.path()).unwrap();
    let facts = PictureFacts::new(disk.clone());
    let (_, first) = judged(folder.path(), &facts, 1);
    assert_eq!((first.wrong_size.len(), first.unseen > 0), (0, true), "the first file looked at is the drawing");
    let (_, second) = judged(folder.path(), &facts, usize::MAX);
    assert_eq!((second.wrong_size.len(), second.unseen), (5, 0));

    // What is known is there at the next start, without a look at any file.
    let state = StateFolder::at(&folder.path().join("user")).unwrap();
    facts.store(&state);
    let later = PictureFacts::new(disk);
    later.recall(&state);
    assert_eq!(judged(folder.path(), &later, 0).1, second);
    // A file that changed is looked at again, and until then nothing is said of it.
    std::fs::write(folder.path().join("assets/wide.png"), png(640, 480)).unwrap();
    let (catalog, changed) = judged(folder.path(), &later, usize::MAX);
    assert_eq!(names(&catalog, &changed.wrong_size), "logo modern-wrong one-silent right second-wrong");
}

#[test]
fn a_picture_is_unused_when_no_text_of_the_site_names_it() {
    let folder = site();
    let put = |path: &str, text: &str| {
        std::fs::create_dir_all(folder.path().join(path).parent().unwrap()).unwrap();
        std::fs::write(folder.path().join(path), text).unwrap();
    };
    for path in [
        "assets/lost.png",
        "assets/in-style.png",
        "assets/drafted.png",
        "favicon.ico",
        "content/trip/index.md",
        "content/trip/beach.jpg",
    ] {
        put(path, "---\ntitle: x\n---\n");
    }
    put("assets/site.css", "body { background: url(in-style.png) }");
    let read = SiteFolder::read(folder.path());
    let mut site = read.site.clone();
    site.files = Arc::new(read.files.iter().filter(|path| !path.as_str().ends_with(".md")).cloned().collect());
    let articles: Vec<SitePath> = read.articles.iter().map(|(path, _)| path.clone()).collect();
    let disk = Disk::open(folder.path()).unwrap();
    let texts = [Arc::from("images: [/assets/drafted.png]")];
    let found = unused(&disk, &site, &articles, &texts, &|| false).unwrap();
    assert_eq!(found, [SitePath::new("assets/lost.png").unwrap()]);
}

/// A desk on the articles, to which jobs have said what they know.
fn world() -> World {
    let files =
        ARTICLES.map(|(name, fields)| (format!("_news/{name}.md"), format!("---\ntitle: {name}\n{fields}---\n")));
    let mut world = World::open(files);
    let file = |path: &str, fact| (SitePath::new(path).unwrap(), Some(fact));
    let files =
        [file("assets/wide.png", PictureFact::Size(300, 200)), file("assets/tiny.png", PictureFact::Size(50, 50))];
    let index = PictureIndex { files: files.into(), ..PictureIndex::default() };
    let mut report = PictureReport { index: Arc::new(index), ..PictureReport::default() };
    for name in ["wrong", "second-wrong", "one-silent", "logo"] {
        report.wrong_size.insert(world.id(&format!("_news/{name}.md")));
    }
    report.small.insert(world.id("_news/tiny.md"));
    world.tell(Event::PicturesJudged { generation: 1, report: Box::new(report) });
    world
}

fn shown(world: &World) -> String {
    names(world.desk.catalog().unwrap(), world.desk.rows())
}

#[test]
fn declared_sizes_are_corrected_in_many_articles_as_one_step() {
    let mut world = world();
    world.obey(Command::Filter("is:wrong-size".to_owned()));
    assert_eq!(shown(&world), "logo one-silent second-wrong wrong");
    assert!(world.desk.row_state(world.id("_news/wrong.md")).problem, "the row is marked");
    world.press("Ctrl+A Alt+P");
    assert_eq!(world.says(), "4 articles · picture sizes corrected");
    assert!(world.now("_news/wrong.md").contains("{url: /assets/wide.png, width: 300, height: 200}"));
    assert!(
        world
            .now("_news/one-silent.md")
            .contains("- {url: /assets/wide.png}\n- {url: /assets/wide.png, width: 300, height: 200}")
    );
    assert!(world.now("_news/second-wrong.md").contains("{url: /assets/tiny.png, width: 50, height: 50}"));
    assert!(world.now("_news/logo.md").contains("width: 50, height: 50"));
    // The rows stay where they are until the filter is asked again; then none is left.
    assert_eq!(world.desk.rows().len(), 4);
    world.press("F5");
    assert_eq!(shown(&world), "");
    world.press("Ctrl+Z F5");
    assert_eq!(world.desk.changed_count(), 0, "one step");
    assert_eq!(shown(&world), "logo one-silent second-wrong wrong");
}

#[test]
fn where_no_size_is_wrong_the_command_says_why_it_does_nothing() {
    let mut world = world();
    world.obey(Command::Filter("is:small-image".to_owned()));
    assert_eq!(shown(&world), "tiny");
    assert!(!world.desk.row_state(world.id("_news/tiny.md")).problem, "small is worth a look, and no problem");
    let action = copydesk::desk::ACTIONS.iter().find(|action| action.name == "Correct picture sizes").unwrap();
    assert!((action.command)(&world.desk).is_none());
    assert!(action.why_not(&world.desk).contains("as far as they were looked at"));
}
