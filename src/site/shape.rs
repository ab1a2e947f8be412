//! What was learned of a site as bytes and back, kept beside its rows: the shape of its collections, and its words.
//!
//! Invariant: the site's own settings are not among it, they are read anew each time; bytes that are anything else are no shape.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Collection, Config, Schema, Site, Vocabulary};

#[derive(Serialize)]
struct Written<'s> {
    collections: Vec<(&'s str, &'s Schema)>,
    vocabulary: &'s Vocabulary,
}

#[derive(Deserialize)]
struct Read {
    collections: Vec<(String, Schema)>,
    vocabulary: Vocabulary,
}

impl Site {
    /// What was learned of it; nothing where it cannot be written.
    #[must_use]
    pub fn shape(&self) -> Vec<u8> {
        let collections = self.collections.iter().map(|it| (it.folder.as_str(), &*it.schema)).collect();
        let written = Written { collections, vocabulary: &self.vocabulary };
        serde_json::to_vec(&written).unwrap_or_else(|error| {
            log::info!("what was learned of the site is not kept: {error}");
            Vec::new()
        })
    }

    /// The site of which this was learned, with the settings that it has now; without its other files.
    #[must_use]
    pub fn of_shape(shape: &[u8], folder_name: &str, config: Config) -> Option<Self> {
        let Read { collections, vocabulary } = serde_json::from_slice(shape).ok()?;
        let collection = |(folder, mut schema): (String, Schema)| {
            let overrides = config.desk.for_collection(&folder);
            schema.override_with(&overrides);
            Collection::new(&folder, Arc::new(schema), overrides.name)
        };
        let collections = collections.into_iter().map(collection).collect();
        let name = config.title.clone().unwrap_or_else(|| folder_name.to_owned());
        Some(Self { name, config, collections, vocabulary, ..Self::default() })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::document::Document;
    use crate::site::{SchemaBuilder, VocabularyBuilder};

    #[test]
    fn a_shape_comes_back_with_the_settings_of_now() {
        let (mut builder, mut words) = (SchemaBuilder::default(), VocabularyBuilder::default());
        let text = |i: usize| {
            format!("---\ntitle: \"Story {i}\"\ndate: 2020-05-{:02}\nheat: {i}\ntags:\n  - A.b\n---\n", i % 28 + 1)
        };
        let documents: Vec<Document> = (0..40).map(|i| Document::parse(text(i).as_bytes())).collect();
        documents.iter().for_each(|document| builder.observe(document));
        let schema = builder.finish_with(&Config::default().desk.for_collection("_news"));
        documents.iter().for_each(|document| words.article(document.data(), &schema));
        let learned = BTreeMap::from([("_news".to_owned(), builder)]);
        let config = Config::default();
        let site = Site::assemble("gazette", config.clone(), &learned, words.finish(&config));

        let config = Config { title: Some("The Gazette".to_owned()), ..config };
        let again = Site::of_shape(&site.shape(), "gazette", config).unwrap();
        assert_eq!(again.name, "The Gazette");
        assert_eq!(again.vocabulary, site.vocabulary);
        assert_eq!(format!("{:?}", again.collections), format!("{:?}", site.collections));
        assert!(again.collections[0].schema.heat.is_some(), "{:?}", again.collections[0].schema);
        assert!(Site::of_shape(b"{", "gazette", Config::default()).is_none());
    }
}
