//! Labels made from keys: `webUrl` reads "Web URL".
//!
//! Invariant: two fields of one schema never share a label; the shorter form is taken only while it is free.

/// Parts that are written in capitals.
const ACRONYMS: [&str; 14] =
    ["url", "uri", "id", "amp", "cdn", "html", "seo", "api", "pdf", "rss", "faq", "ai", "css", "isbn"];

/// Ends of keys that say nothing beyond the kind of the field.
const KIND_ENDS: [&str; 2] = [" date time", " datetime"];

/// The key as words: camel case, snake case and hyphens are cut, acronyms are in capitals.
#[must_use]
pub fn words(key: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let chars: Vec<char> = key.chars().collect();
    let mut word = String::new();
    for (at, c) in chars.iter().copied().enumerate() {
        let next_is_lower = chars.get(at + 1).is_some_and(|next| next.is_lowercase());
        let before = at.checked_sub(1).and_then(|at| chars.get(at)).copied();
        let starts =
            c.is_uppercase() && before.is_some_and(|b| b.is_lowercase() || b.is_ascii_digit() || next_is_lower);
        if matches!(c, '_' | '-' | ' ' | '.') || starts {
            words.push(std::mem::take(&mut word));
        }
        if !matches!(c, '_' | '-' | ' ' | '.') {
            word.push(c);
        }
    }
    words.push(word);
    let spelled: Vec<String> =
        words.into_iter().filter(|word| !word.is_empty()).enumerate().map(|(at, word)| spell(&word, at == 0)).collect();
    spelled.join(" ")
}

/// Labels for these keys, in their order: without the end that only names the kind where the rest is still free.
#[must_use]
pub fn labels(keys: &[&str]) -> Vec<String> {
    let full: Vec<String> = keys.iter().map(|key| words(key)).collect();
    let short: Vec<String> = full.iter().map(|label| shorten(label)).collect();
    let mut taken: Vec<String> = Vec::new();
    (0..keys.len())
        .map(|at| {
            let is_free = |label: &String| {
                !taken.contains(label)
                    && full.iter().enumerate().all(|(other, text)| other == at || text != label)
                    && short.iter().enumerate().all(|(other, text)| other == at || text != label)
            };
            let with_date = format!("{} date", short[at]);
            let label = if is_free(&short[at]) {
                short[at].clone()
            } else if short[at] != full[at] && is_free(&with_date) {
                with_date
            } else {
                full[at].clone()
            };
            taken.push(label.clone());
            label
        })
        .collect()
}

fn shorten(label: &str) -> String {
    let lower = label.to_lowercase();
    for end in KIND_ENDS {
        if let Some(rest) = lower.strip_suffix(end).filter(|rest| !rest.is_empty()) {
            return label.get(..rest.len()).unwrap_or(label).to_owned();
        }
    }
    // "Updated date" loses its end, "Birth date" needs it.
    match lower.strip_suffix(" date") {
        Some(rest) if rest.ends_with("ed") => label.get(..rest.len()).unwrap_or(label).to_owned(),
        _ => label.to_owned(),
    }
}

fn spell(word: &str, first: bool) -> String {
    let lower = word.to_lowercase();
    if ACRONYMS.contains(&lower.as_str()) {
        return lower.to_uppercase();
    }
    if word.chars().count() > 1 && word.chars().all(|c| c.is_uppercase() || c.is_ascii_digit()) {
        return word.to_owned();
    }
    let mut chars = lower.chars();
    match chars.next() {
        Some(c) if first => c.to_uppercase().chain(chars).collect(),
        _ => lower,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_as_words() {
        for (key, want) in [
            ("webUrl", "Web URL"),
            ("cdnAmpWebUrl", "CDN AMP web URL"),
            ("isCached", "Is cached"),
            ("featuredContent", "Featured content"),
            ("redirect_from", "Redirect from"),
            ("HTMLTitle", "HTML title"),
            ("ms.date", "Ms date"),
            ("名前", "名前"),
            ("_id", "ID"),
        ] {
            assert_eq!(words(key), want, "{key}");
        }
    }

    #[test]
    fn ends_that_name_the_kind_go_where_the_rest_is_free() {
        assert_eq!(labels(&["publishedDateTime", "title"]), ["Published", "Title"]);
        assert_eq!(labels(&["publishedDateTime", "published"]), ["Published date", "Published"]);
        assert_eq!(labels(&["startDate", "startDateTime"]), ["Start date", "Start"]);
        assert_eq!(labels(&["date"]), ["Date"]);
    }
}
