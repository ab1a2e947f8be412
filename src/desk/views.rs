//! Saved filters: the site's own, else the usual ones for what its articles have.
//!
//! Invariant: a view is a filter by a name; choosing one writes it into the filter box and does nothing else.

use super::Desk;
use crate::site::config::View;

impl Desk {
    /// The views of the site, in the order of their keys.
    #[must_use]
    pub fn views(&self) -> Vec<View> {
        let Some(site) = self.site() else { return Vec::new() };
        if site.config.desk.views.is_empty() { self.usual_views() } else { site.config.desk.views.clone() }
    }

    fn usual_views(&self) -> Vec<View> {
        let Some(schema) = self.shown_schema() else { return Vec::new() };
        let mut views = Vec::new();
        let mut add =
            |name: &str, filter: String| views.push(View { name: name.to_owned(), filter, ..View::default() });
        if schema.live.is_some() {
            add("To review", "-is:live -is:follower".to_owned());
            add("Published", "is:live".to_owned());
            if let Some((path, threshold)) = schema.threshold() {
                add("Hot, not published", format!("-is:live {path}:>={threshold}"));
            }
        }
        if let Some(pictures) = &schema.lead_image {
            add("Missing image", format!("missing:{pictures}"));
            add("Picture problems", "is:broken-image OR is:small-image OR is:wrong-size".to_owned());
        }
        add("Possible duplicates", "is:duplicate".to_owned());
        add("Problems", "is:problem".to_owned());
        views
    }
}
