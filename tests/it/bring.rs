//! Picture files from outside a site: where they are put, how they are named and written, and what is refused.

use std::path::{Path, PathBuf};

use copydesk::article::Record;
use copydesk::catalog::{Catalog, PictureHome, picture_form, picture_home};
use copydesk::desk::effect::Brought;
use copydesk::file::{SitePath, Stamp};
use copydesk::jobs::pictures::bring::{Surroundings, bring};
use copydesk::site::Site;
use copydesk::site::kind::images::PictureForm;
use copydesk::site::links::Writing;
use copydesk::site::paths::collection_of;
use copydesk::storage::SiteFolder as Disk;
use tempfile::TempDir;

use crate::site_folder::SiteFolder;

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(width, height).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A site on disk, as a desk knows it; the pictures among its files are real ones.
struct Place {
    folder: TempDir,
    site: Site,
    catalog: Catalog,
}

impl Place {
    fn of(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, if text.is_empty() { png(3, 2) } else { text.as_bytes().to_vec() }).unwrap();
        }
        let read = SiteFolder::read(folder.path());
        let mut catalog = Catalog::new();
        for (path, document) in &read.articles {
            let schema = read.site.schema(collection_of(path));
            catalog.upsert(Record::of(path, Stamp::default(), document, &schema));
        }
        let mut site = read.site;
        let is_file = |path: &&SitePath| !path.as_str().ends_with(".md") && !path.as_str().starts_with("_site/");
        read.files.iter().filter(is_file).for_each(|path| site.add_file(path.clone()));
        Self { folder, site, catalog }
    }

    fn home(&self, article: &str, own: &[&str]) -> (String, Writing) {
        let article = self.catalog.id_of(&SitePath::new(article).unwrap()).unwrap();
        let PictureHome { folder, writing } = picture_home(&self.catalog, &self.site, article, own);
        (folder, writing)
    }

    /// Brings files in for an article.
    fn bring(&self, article: &str, files: &[PathBuf]) -> Vec<Result<Brought, String>> {
        let article = self.catalog.id_of(&SitePath::new(article).unwrap()).unwrap();
        let around = Surroundings { site: &self.site, catalog: &self.catalog, article, own: &[] };
        bring(&Disk::open(self.folder.path()).unwrap(), &around, files)
    }

    fn read(&self, path: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join(path)).unwrap()
    }
}

/// The field `images` of an article with this picture.
fn article(date: &str, address: &str) -> String {
    format!("---\ntitle: A\ndate: {date}\nimages:\n- url: \"{address}\"\n  width: 3\n  height: 2\n---\n")
}

fn after(before: &str) -> Writing {
    Writing::After(before.to_owned())
}

#[test]
fn new_pictures_lie_and_are_written_as_those_of_the_neighbours() {
    let whole = "https://example.org/blog/assets/2020/b.png";
    let jekyll = Place::of(&[
        ("_config.yml", "url: https://example.org\nbaseurl: /blog\n"),
        ("_news/bare.md", "---\ntitle: A\ndate: 2020-05-02\n---\n"),
        ("_news/old.md", &article("2001-01-01", "/blog/assets/2001/a.png")),
        ("_news/near.md", &article("2020-05-01", whole)),
        ("_news/next.md", &article("2020-05-03", whole)),
        ("_other/none.md", "---\ntitle: B\n---\n"),
        ("assets/2001/a.png", ""),
        ("assets/2020/b.png", ""),
    ]);
    assert_eq!(jekyll.home("_news/bare.md", &[]), ("assets/2020".to_owned(), after("https://example.org/blog")));
    let own = "/blog/assets/2001/a.png";
    assert_eq!(jekyll.home("_news/bare.md", &[own]), ("assets/2001".to_owned(), after("/blog")), "its own come first");
    let elsewhere = ["https://elsewhere.example/a.png"];
    assert_eq!(jekyll.home("_news/bare.md", &elsewhere).0, "assets/2020", "a picture on the web says nothing");
    assert_eq!(jekyll.home("_other/none.md", &[]).0, "assets/2020", "all others, where the collection has none");

    let bundles = Place::of(&[
        ("hugo.toml", "baseURL = 'https://example.org/'\n"),
        ("content/posts/one/index.md", &article("2020-05-01", "a.png")),
        ("content/posts/one/a.png", ""),
        ("content/posts/two/index.md", "---\ntitle: A\n---\n"),
    ]);
    assert_eq!(bundles.home("content/posts/two/index.md", &[]), ("content/posts/two".to_owned(), Writing::Beside));

    let logos = "assets/images/organizations";
    let no_use = Place::of(&[
        ("_news/a.md", "---\ntitle: A\n---\n"),
        (&format!("{logos}/a.example-50x50.png"), ""),
        (&format!("{logos}/b.example-50x50.png"), ""),
        ("img/c.png", ""),
    ]);
    assert_eq!(no_use.home("_news/a.md", &[]), ("img".to_owned(), after("")), "the folder with most that are no logos");
    let nothing = Place::of(&[("_news/a.md", "---\ntitle: A\n---\n")]);
    assert_eq!(nothing.home("_news/a.md", &[]).0, "assets/images");
}

#[test]
fn the_collection_says_how_pictures_are_written() {
    let form = |fields: &str| {
        let place = Place::of(&[("_news/a.md", &format!("---\ntitle: A\n{fields}---\n"))]);
        picture_form(&place.catalog, &place.site.schema("_news"), "_news")
    };
    let map = |list, sized| PictureForm { list, key: Some("url"), sized };
    assert_eq!(form("images:\n- {url: /a.png, width: 3, height: 2}\n"), map(true, true));
    assert_eq!(form("images:\n- {url: /a.png}\n- {url: /b.png}\n"), map(true, false));
    assert_eq!(form("images:\n- /a.png\n- /b.png\n"), PictureForm { list: true, key: None, sized: false });
    assert_eq!(form("image: /assets/a.png\n"), PictureForm { list: false, key: None, sized: false });
    assert_eq!(form(""), PictureForm::default());
}

#[test]
fn only_pictures_come_in_and_nothing_is_written_over() {
    let place = Place::of(&[
        ("_news/a.md", &article("2020-05-01", "/assets/pic.png")),
        ("_site/built.png", ""),
        ("assets/pic.png", ""),
        ("assets/Big.png", ""),
    ]);
    let outside = tempfile::tempdir().unwrap();
    let chosen = |name: &str, bytes: &[u8]| {
        let path = outside.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let cut = &png(400, 300)[..40];
    let files = [
        chosen("Pic.PNG", &png(30, 20)),
        chosen("photo.jpg", &png(31, 20)),
        chosen("same.png", &png(3, 2)),
        chosen("big.png", &png(32, 20)),
        chosen("page.png", b"<!doctype html><html></html>"),
        chosen("cut.png", cut),
        chosen("drawn.svg", b"<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>"),
        outside.path().join("none.png"),
        place.folder.path().join("assets/pic.png"),
        place.folder.path().join("_site/built.png"),
    ];
    let told: Vec<String> = place
        .bring("_news/a.md", &files)
        .into_iter()
        .map(|file| match file {
            Ok(file) => format!("{} {} {:?} {}", file.path, file.address, file.size.unwrap_or_default(), file.copied),
            Err(reason) => reason,
        })
        .collect();
    assert_eq!(
        told,
        [
            "assets/pic-2.png /assets/pic-2.png (30, 20) true",
            "assets/photo.png /assets/photo.png (31, 20) true",
            "assets/same.png /assets/same.png (3, 2) true",
            "assets/big-2.png /assets/big-2.png (32, 20) true",
            "page.png is not added: Not a picture: it is a web page",
            "cut.png is not added: The picture is cut off: its end is missing",
            "assets/drawn.svg /assets/drawn.svg (0, 0) true",
            &format!(
                "none.png is not added: Cannot read {}: it is not there; it may have been moved or deleted",
                outside.path().join("none.png").display()
            ),
            "assets/pic.png /assets/pic.png (3, 2) false",
            "assets/built.png /assets/built.png (3, 2) true",
        ]
    );
    assert_eq!((place.read("assets/pic.png"), place.read("assets/Big.png")), (png(3, 2), png(3, 2)), "as they were");
    assert_eq!(place.read("assets/pic-2.png"), png(30, 20));
    let left: Vec<_> = files.iter().filter(|file| file.starts_with(outside.path()) && is_there(file)).collect();
    assert_eq!(left.len(), 7, "what was chosen is only read");
}

fn is_there(path: &Path) -> bool {
    path.try_exists().unwrap()
}
