//! What several subjects need: where the corpora are.

use std::path::PathBuf;

/// The folder of the corpora, from `COPYDESK_CORPORA`. Without it the tests over them are skipped, but not where `CI` is set.
pub fn corpora() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("COPYDESK_CORPORA") else {
        assert!(std::env::var_os("CI").is_none(), "COPYDESK_CORPORA is not set, and CI insists on the corpora");
        eprintln!("skipped: COPYDESK_CORPORA is not set");
        return None;
    };
    let folder = PathBuf::from(folder);
    assert!(folder.is_dir(), "COPYDESK_CORPORA names {}, which is no folder", folder.display());
    // Tests run in the package's folder, whatever folder the variable was given in.
    Some(folder.canonicalize().unwrap_or(folder))
}

/// How many seeds a test over chance takes: its own number, or `COPYDESK_SEEDS` for the full run. The seeds are 0 up to this number.
pub fn seeds(usual: u64) -> u64 {
    let wanted = std::env::var("COPYDESK_SEEDS").ok().and_then(|seeds| seeds.parse().ok());
    let seeds = wanted.unwrap_or(usual);
    eprintln!("seeds 0 to {seeds}");
    seeds
}
