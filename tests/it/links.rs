//! Addresses in articles and the files they lead to.

use copydesk::file::SitePath;
use copydesk::site::links::{Target, Writing, address_of, resolve};
use copydesk::site::{Config, Target as Reexported};

fn config(text: &str) -> Config {
    Config::read(&|name| (name == "_config.yml").then(|| text.as_bytes().to_vec()))
}

fn first(config: &Config, article: &str, address: &str) -> String {
    match resolve(config, &SitePath::new(article).unwrap(), address) {
        Target::Site(files) => files[0].to_string(),
        Target::Remote(url) => format!("remote {url}"),
        Reexported::Data(_) => "data".to_owned(),
        Target::Broken(reason) => format!("broken: {reason}"),
    }
}

#[test]
fn addresses_lead_to_files_or_elsewhere() {
    let site = config("url: https://smartableai.github.io\nbaseurl: \"/microsoft-power-apps\"\n");
    for (address, want) in [
        ("https://smartableai.github.io/microsoft-power-apps/assets/a.jpg", "assets/a.jpg"),
        ("http://SMARTABLEAI.github.io/microsoft-power-apps/assets/a.jpg", "assets/a.jpg"),
        ("//smartableai.github.io/microsoft-power-apps/assets/a.jpg", "assets/a.jpg"),
        (
            "https://smartableai.github.io/sister/assets/a.jpg",
            "remote https://smartableai.github.io/sister/assets/a.jpg",
        ),
        (
            "https://smartableai.github.io/microsoft-power-apps-2/a.jpg",
            "remote https://smartableai.github.io/microsoft-power-apps-2/a.jpg",
        ),
        (
            "https://smartableai.github.io.evil.example/microsoft-power-apps/a.jpg",
            "remote https://smartableai.github.io.evil.example/microsoft-power-apps/a.jpg",
        ),
        ("/assets/today.com-400x400%20-%2050x50.jpg?v=2#top", "assets/today.com-400x400 - 50x50.jpg"),
        ("/microsoft-power-apps/assets/a.jpg", "assets/a.jpg"),
        ("a.jpg", "_news/a.jpg"),
        ("./img/a.jpg", "_news/img/a.jpg"),
        ("../assets/a.jpg", "assets/a.jpg"),
        ("../../etc/passwd", "broken: “../../etc/passwd” leads out of the site"),
        // Above the root there is nothing: browsers stay at it, and so it is a file of the site.
        ("/../etc/passwd", "etc/passwd"),
        ("%2e%2e/%2e%2e/etc/passwd", "_news/%2e%2e/%2e%2e/etc/passwd"),
        ("//cdn.example.org/a.jpg", "remote https://cdn.example.org/a.jpg"),
        ("https://example.org/a b.jpg", "remote https://example.org/a%20b.jpg"),
        ("data:image/png;base64,AAAA", "data"),
        ("ftp://example.org/a", "broken: “ftp:” addresses are not opened"),
        ("javascript:alert(1)", "broken: “javascript:” addresses are not opened"),
        ("https://[", "broken: The address cannot be read: invalid IPv6 address"),
        ("", "broken: The address is empty"),
    ] {
        assert_eq!(first(&site, "_news/a.md", address), want, "{address}");
    }
}

#[test]
fn hugo_keeps_pictures_in_static_and_beside_the_page() {
    let hugo = Config::read(&|name| {
        (name == "hugo.toml").then(|| b"baseURL = 'https://example.org/blog/'\ntitle = \"B\"\n".to_vec())
    });
    assert_eq!((hugo.url.as_deref(), hugo.baseurl.as_str()), (Some("https://example.org"), "/blog"));
    assert_eq!(hugo.title.as_deref(), Some("B"));
    let article = SitePath::new("content/posts/story/index.md").unwrap();
    let files = |address: &str| match resolve(&hugo, &article, address) {
        Target::Site(files) => files.iter().map(ToString::to_string).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert!(files("/img/a.png").contains(&"static/img/a.png".to_owned()));
    assert!(files("https://example.org/blog/img/a.png").contains(&"static/img/a.png".to_owned()));
    assert_eq!(files("a.png")[0], "content/posts/story/a.png");
}

#[test]
fn a_file_is_written_as_an_address_that_leads_back() {
    let site = config("url: https://example.org\nbaseurl: /blog\n");
    for path in ["assets/a.png", "assets/today 50%.jpg", "static/a.png", "assets/名.png", "assets/a?b#c.png"] {
        let path = SitePath::new(path).unwrap();
        let article = SitePath::new("_news/a.md").unwrap();
        for before in ["https://example.org/blog", "/blog", ""] {
            let writing = Writing::After(before.to_owned());
            let address = address_of(&site, &article, &path, &writing).unwrap();
            assert!(address.starts_with(&format!("{before}/")), "{address}");
            assert_eq!(Writing::of(&site, &article, &address, &path), Some(writing));
            let Target::Site(files) = resolve(&site, &article, &address) else { panic!("{address}") };
            assert!(files.contains(&path), "{path}: {address} leads to {files:?}");
        }
    }
}

#[test]
fn a_file_is_written_as_its_neighbours_are() {
    let site = config("url: https://example.org\nbaseurl: /blog\n");
    let article = SitePath::new("content/trip/index.md").unwrap();
    let (beside, far) = (SitePath::new("content/trip/my beach.jpg").unwrap(), SitePath::new("static/a.png").unwrap());
    let write = |file, writing| address_of(&site, &article, file, &writing);
    assert_eq!(write(&beside, Writing::Beside).as_deref(), Some("my%20beach.jpg"));
    assert_eq!(write(&far, Writing::Beside), None, "it does not lie there");
    assert_eq!(write(&far, Writing::Bare).as_deref(), Some("a.png"));
    assert_eq!(write(&far, Writing::After("https://other.example".to_owned())), None, "not this site's");
    for (address, file, expected) in [
        ("my beach.jpg", &beside, Some(Writing::Beside)),
        ("my%20beach.jpg?w=9", &beside, Some(Writing::Beside)),
        ("/a.png", &far, Some(Writing::default())),
        ("a.png", &far, Some(Writing::Bare)),
        ("//example.org/blog/a.png", &far, None),
    ] {
        assert_eq!(Writing::of(&site, &article, address, file), expected, "{address}");
    }
}

#[test]
fn a_site_whose_address_names_no_host_has_none() {
    for text in ["url: https://", "url: \"https:///b\"", "baseURL: http://\nbaseurl: /b"] {
        assert_eq!(config(text).root_address(), None, "{text}");
    }
    assert_eq!(config("url: https://x\nbaseurl: b/").root_address().as_deref(), Some("https://x/b"));
}
