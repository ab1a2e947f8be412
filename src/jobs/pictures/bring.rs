//! Picture files from anywhere, copied to where the site's own pictures lie.
//!
//! Invariant: only what can be shown as a picture comes in; nothing of the site is written over; a file that lies in the site
//! already stays where it is.

use std::path::Path;

use crate::catalog::{ArticleId, Catalog, PictureHome, picture_home};
use crate::desk::effect::Brought;
use crate::file::{ContentHash, SitePath};
use crate::picture::{Header, Limits, inspect};
use crate::site::Site;
use crate::site::links::{Writing, address_of};
use crate::storage::{SiteFolder, outside};

/// What the site says of where its pictures lie.
pub struct Surroundings<'a> {
    /// The site.
    pub site: &'a Site,
    /// Its articles.
    pub catalog: &'a Catalog,
    /// The article that shall have the pictures.
    pub article: ArticleId,
    /// The addresses of those that it has.
    pub own: &'a [String],
}

/// Brings each file in, or says why not.
#[must_use]
pub fn bring<P: AsRef<Path>>(
    folder: &SiteFolder,
    around: &Surroundings<'_>,
    files: &[P],
) -> Vec<Result<Brought, String>> {
    let own: Vec<&str> = around.own.iter().map(String::as_str).collect();
    let home = picture_home(around.catalog, around.site, around.article, &own);
    files.iter().map(|file| bring_one(folder, around, &home, file.as_ref())).collect()
}

fn bring_one(
    folder: &SiteFolder,
    around: &Surroundings<'_>,
    home: &PictureHome,
    file: &Path,
) -> Result<Brought, String> {
    let shown = || file.file_name().map_or_else(|| file.display().to_string(), |name| name.display().to_string());
    let refused = |reason: &dyn std::fmt::Display| format!("{} is not added: {reason}", shown());
    let bytes = outside::read_chosen(file, Limits::HELPER.bytes).map_err(|error| refused(&error))?;
    let (size, content) = (inspect(&bytes).map_err(|error| refused(&error))?, ContentHash::of(&bytes));
    // What the site leaves out, like its built pages, is not where its pictures lie.
    let there = outside::inside(folder, file).filter(|path| around.site.files.contains(path));
    let (path, copied) = if let Some(path) = there {
        (path, false)
    } else {
        let name = named(file, &bytes);
        let is_taken = |path: &SitePath| around.site.other_case(path).is_some();
        let put = outside::put(folder, &home.folder, &name, bytes, &is_taken);
        (put.map_err(|error| refused(&error))?, true)
    };
    let article = around.catalog.path(around.article);
    let write = |writing: &Writing| address_of(&around.site.config, &article, &path, writing);
    let address = write(&home.writing).or_else(|| write(&Writing::default()));
    let address = address.ok_or_else(|| refused(&"it has no address in this site"))?;
    Ok(Brought { path, copied, address, size, content })
}

/// The file's name, with the ending that says what it is: servers go by it.
fn named(file: &Path, bytes: &[u8]) -> String {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let own = file.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let endings = Header::read(bytes).map_or(&[][..], |header| header.format.endings());
    let ending = match endings.first() {
        Some(usual) if !endings.contains(&own.as_str()) => *usual,
        _ => &own,
    };
    format!("{stem}.{ending}")
}
