//! Problems of pictures and of related entries.
//!
//! Invariant: a remote picture is never called broken here; whether it answers is the network's to say.

use super::{Findings, PictureFact, Surroundings};
use crate::document::{FieldPath, Pointer, Value};
use crate::file::SitePath;
use crate::site::kind::images;
use crate::site::links::{Target, resolve};

pub(super) fn check(found: &mut Findings<'_>, surroundings: &Surroundings<'_>) {
    pictures(found, surroundings);
    related(found);
    follower(found);
}

fn pictures(found: &mut Findings<'_>, surroundings: &Surroundings<'_>) {
    let Some(config) = surroundings.config else { return };
    let article = found.article;
    let mut named: Vec<Named<'_>> = Vec::new();
    if let Some(path) = &article.schema.lead_image {
        gather(article.get(path), &path.pointer(), true, &mut named);
    }
    if let Some(path) = article.schema.provider.as_ref().map(|path| path.child("images")) {
        gather(article.get(&path), &path.pointer(), false, &mut named);
    }
    for named in named {
        match resolve(config, article.path, named.address) {
            Target::Site(files) => {
                let there = files.iter().find(|file| surroundings.is_file.is_none_or(|is_file| is_file(file)));
                match (there, files.first()) {
                    (Some(file), _) => picture(found, surroundings, &named, file),
                    (None, Some(first)) => {
                        let help = "Choose another picture, or put the file there";
                        found.add("broken-image", &named.at, format!("There is no picture {first}"), help);
                    }
                    (None, None) => {}
                }
            }
            Target::Broken(reason) => found.add("broken-address", &named.at, reason, "Correct the address"),
            Target::Remote(_) | Target::Data(_) => {}
        }
    }
}

/// A picture as the article names it.
struct Named<'a> {
    at: Pointer,
    address: &'a str,
    declared: Option<(u32, u32)>,
    /// Whether it is the article's own, and no logo.
    own: bool,
}

/// What the file itself says against the article.
fn picture(found: &mut Findings<'_>, surroundings: &Surroundings<'_>, named: &Named<'_>, file: &SitePath) {
    match surroundings.picture.and_then(|fact| fact(file)) {
        Some(PictureFact::Broken(reason)) => {
            found.add(
                "broken-image",
                &named.at,
                format!("{file}: {reason}"),
                "Choose another picture, or replace the file",
            );
        }
        Some(PictureFact::Size(width, height)) => {
            if let Some((wide, high)) = named.declared.filter(|declared| *declared != (width, height)) {
                let message = format!("Declared as {wide} × {high}, but {file} has {width} × {height} pixels");
                found.add("wrong-size", &named.at, message, "Correct width and height");
            }
            if named.own && surroundings.smallest.is_some_and(|smallest| width < smallest) {
                let message = format!("{file} has {width} × {height} pixels, which is small");
                found.add("small-image", &named.at, message, "Choose a larger picture");
            }
        }
        Some(PictureFact::Scalable) | None => {}
    }
}

fn gather<'a>(value: Option<&'a Value>, at: &Pointer, own: bool, named: &mut Vec<Named<'a>>) {
    let Some(value) = value else { return };
    let is_list = matches!(value, Value::List(_));
    for (index, image) in images::items(value).iter().enumerate() {
        let item = if is_list { at.child(index) } else { at.clone() };
        let place = image.as_map().and_then(images::address_key).map_or_else(|| item.clone(), |key| item.child(key));
        if let Some(address) = images::address(image) {
            named.push(Named { at: place, address, declared: images::declared_size(image), own });
        }
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
