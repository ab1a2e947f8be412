//! Problems of pictures and of related entries.
//!
//! Invariant: of a remote picture is said only what loading it has shown.

use super::{Findings, Severity, Surroundings};
use crate::article::PictureFact;
use crate::article::pictures::NamedPicture;
use crate::document::{FieldPath, Pointer};
use crate::file::SitePath;
use crate::site::links::{Target, resolve};

pub(super) fn check(found: &mut Findings<'_>, surroundings: &Surroundings<'_>) {
    pictures(found, surroundings);
    related(found);
    follower(found);
}

fn pictures(found: &mut Findings<'_>, surroundings: &Surroundings<'_>) {
    let Some(config) = surroundings.config else { return };
    let article = found.article;
    for named in article.pictures() {
        match resolve(config, article.path, named.address) {
            Target::Site(files) => {
                let there = files.iter().find(|file| surroundings.is_file.is_none_or(|is_file| is_file(file)));
                match (there, files.first()) {
                    (Some(file), _) => {
                        let fact = surroundings.picture.and_then(|fact| fact(file));
                        picture(found, surroundings, &named, fact.as_ref(), file.as_str());
                    }
                    (None, Some(first)) => missing(found, surroundings, &named, &files, first),
                    (None, None) => {}
                }
            }
            Target::Broken(reason) => found.add("broken-address", &named.address_at, reason, "Correct the address"),
            Target::Remote(url) => {
                let fact = surroundings.beside.and_then(|fact| fact(url.as_str()));
                picture(found, surroundings, &named, fact.as_ref(), "the picture");
            }
            Target::Data(text) => {
                let fact = surroundings.beside.and_then(|fact| fact(&text));
                picture(found, surroundings, &named, fact.as_ref(), "the picture in the address");
            }
        }
    }
}

/// A picture that is not there; it may be there under a name that differs in case, which some systems do not mind and servers do.
fn missing(
    found: &mut Findings<'_>,
    surroundings: &Surroundings<'_>,
    named: &NamedPicture<'_>,
    files: &[SitePath],
    first: &SitePath,
) {
    let other = surroundings.other_case.and_then(|other_case| files.iter().find_map(other_case));
    if let Some(other) = other {
        let message = format!("There is no picture {first}, but {other}, which differs in case");
        found.add("image-case", &named.address_at, message, "Write the address as the file is named");
    } else {
        let help = "Choose another picture, or put the file there";
        found.add("broken-image", &named.address_at, format!("There is no picture {first}"), help);
    }
}

/// What the file itself says against the article.
fn picture(
    found: &mut Findings<'_>,
    surroundings: &Surroundings<'_>,
    named: &NamedPicture<'_>,
    fact: Option<&PictureFact>,
    file: &str,
) {
    let Some(fact) = fact else { return };
    let faults = fact.faults(named.declared, named.own, surroundings.smallest);
    match (fact, named.declared) {
        (PictureFact::Broken(reason), _) => {
            let help = "Choose another picture, or replace the file";
            found.add("broken-image", &named.address_at, format!("{file}: {reason}"), help);
        }
        (PictureFact::Size(width, height), Some((wide, high))) if faults.wrong_size => {
            let message = format!("Declared as {wide} × {high}, but {file} has {width} × {height} pixels");
            found.add("wrong-size", &named.address_at, message, "Correct width and height");
        }
        (PictureFact::Size(..) | PictureFact::Scalable, _) => {}
    }
    if let PictureFact::Size(width, height) = fact
        && faults.small
    {
        let message = format!("{file} has {width} × {height} pixels, which is small");
        found.push(Severity::Notice, "small-image", &named.address_at, message, "Choose a larger picture");
    }
}

fn related(found: &mut Findings<'_>) {
    let article = found.article;
    let own = article.page().map(plain_address);
    let mut seen: Vec<String> = Vec::new();
    for card in article.related_cards() {
        let Some(address) = card.address.map(plain_address) else { continue };
        if own.as_ref() == Some(&address) {
            found.add("doubled-related", &card.at, "The related story is this story itself", "Remove it");
        } else if seen.contains(&address) {
            found.add(
                "doubled-related",
                &card.at,
                "The same story stands twice among the related ones",
                "Remove one of the two",
            );
        } else {
            seen.push(address);
        }
    }
}

/// An address without what does not tell two stories apart.
fn plain_address(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or(rest);
    rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/').to_lowercase()
}

fn follower(found: &mut Findings<'_>) {
    let article = found.article;
    // Only where stories have related ones at all does being folded need a lead.
    let folds = article.schema.related.as_ref().and_then(|path| article.schema.field(path)).is_some();
    if folds && article.is_follower() && article.related().is_empty() {
        let at = article.schema.heat.as_ref().map_or_else(Pointer::root, FieldPath::pointer);
        found.add(
            "follower-alone",
            &at,
            "Folded, but under no other story",
            "Give it a rank, or relate it to its lead",
        );
    }
}
