//! What is promised of files and of safety, and which tests hold each promise to it.
//!
//! A promise without a test, and a test that is not there any more, fail here. The list ends with S13: a number S14 is known, but
//! no promise under it.

/// A promise's name, what it says in short, and its tests: `module::start of the name`.
type Promise = (&'static str, &'static str, &'static [&'static str]);

#[rustfmt::skip]
const PROMISES: &[Promise] = &[
    ("R1", "after a kill, a power cut or any error each article is one whole version", &[
        "faults::any_failing_call", "faults::killed_or_cut_at_any_call", "faults::a_life_by_chance", "proof::power::a_power_cut",
        "proof::power::nor_on_xfs", "proof::kills::killed_at_any_moment", "proof::errors::whatever_a_real_call",
    ]),
    ("R2", "saved is said after all syncs, and no power cut takes it back", &[
        "faults::any_failing_call", "proof::power::a_power_cut", "workshop::what_is_there_already",
    ]),
    ("R3", "an edit is in the journal within a second and there at the next start, merged into today's file", &[
        "proof::typing::killed_while_an_editor_types", "lives::a_whole_life", "journal::whatever_fails", "journal::cut_anywhere",
        "journal::a_damaged_journal", "journal::a_journal_whose_process_is_ending",
    ]),
    ("R4", "a change of another program is never overwritten, whenever it comes", &[
        "proof::duel::in_a_duel", "faults::what_another_program_writes", "lives::a_whole_life", "git_driver::git_merges_while",
        "proof::rewrites::", "saving::other_bytes_than_expected", "put_back::", "desk::a_bulk_edit_that_is_taken_back", "meetings::",
    ]),
    ("R5", "a saved edit that was overwritten unseen is told and can be made again", &[
        "losses::a_saved_edit_that_is_overwritten", "losses::what_was_overwritten_between_two_sittings", "git_driver::git_checks_out",
    ]),
    ("R6", "only edited bytes change; mode, owner, attributes and links stay", &[
        "proof::metadata::a_save_keeps", "rivals::mode_attributes", "rivals::an_access_list", "saving::files_that_a_rename_would_change",
        "workshop::an_attribute_that_cannot_go_along",
    ]),
    ("R7", "git never sees a file of ours, and leftovers go at the next start", &[
        "rivals::git_sees_the_article", "workshop::a_folder_in_the_site", "rivals::killed_at_any_moment", "proof::kills::killed_at_any_moment",
    ]),
    ("R8", "a save can be taken back for seven days or 200 MB", &[
        "saving::saved_versions_stay", "faults::saved_versions_come_back", "losses::a_save_is_taken_back",
    ]),
    ("R9", "two windows on one site do not hurt each other", &[
        "proof::pairs::", "rivals::two_savers", "journal::on_the_real_disk_two_processes", "journal::a_living_journal",
    ]),
    ("R10", "whatever the watcher missed, the screen becomes the disk, in one refresh", &[
        "proof::floods::after_a_checkout", "proof::floods::when_everything_changes", "proof::floods::where_nothing_can_be_watched",
        "watching::lost_track_and_floods", "lives::a_whole_life", "unread::",
    ]),
    ("R11", "an error leaves the old file and the edit, and says what to do", &["faults::any_failing_call", "proof::disks::disks_that_refuse"]),
    ("R12", "older journals are read, newer ones are left as they are", &[
        "journal::a_newer_journal", "desk::a_journal_of_the_first_form", "storage::settings_come_back",
    ]),
    ("R13", "content decides, never a time alone", &["saving::content_decides", "lives::a_whole_life"]),
    ("R14", "when a fifth of the site is gone, saving waits for an answer", &[
        "losses::when_a_fifth", "losses::when_the_files_come_back", "losses::files_that_break", "losses::what_goes_between",
    ]),
    ("R15", "git's markers open as a conflict with both sides", &["conflicts::a_file_with_gits_markers"]),
    ("S1", "nothing is started, whatever a site asks for", &["proof::silence::nothing_is_started"]),
    ("S2", "nothing is asked of the web before it is allowed", &["network::without_consent", "network::consent_holds"]),
    ("S3", "requests have bounds, and no private address is reached", &["network::whatever_a_server_does", "network::a_forwarding_to_a_private"]),
    ("S4, S5", "nothing outside the site is read or written", &[
        "storage::links_are_followed_inside", "proof::malformed::paths_that_are_not_inside", "proof::silence::nothing_is_started",
        "storage::a_git_file_that_points_to_a_stranger",
    ]),
    ("S6", "only pages of the web open, and only when clicked", &["entries::the_page_of_an_entry", "proof::malformed::addresses_lead"]),
    ("S7, S8", "pictures stay within limits, and drawings read nothing", &["bombs::drawings_read_no_file", "bombs::a_drawing_that_takes", "bombs::animations"]),
    ("S9", "any YAML is a row within bounds", &["proof::malformed::malformed_yaml", "proof::floods::one_bomb", "proof::fuzz::whatever_the_bytes_parsing"]),
    ("S10, S11", "marks for what cannot be seen; no cell is a formula, no name a command of a terminal", &["proof::malformed::cells_are_no_formulas"]),
    ("S12", "state is the user's alone, and logs say nothing of articles", &["private::state_is_private", "storage::state_is_private"]),
    ("S13", "no file costs more memory than its bounds", &["proof::floods::one_bomb", "bombs::more_bytes_than_are_read"]),
];

#[test]
fn each_promise_has_tests_that_are_there() {
    let tests = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    for (name, _, held_by) in PROMISES {
        assert!(!held_by.is_empty(), "{name} is held by nothing");
        for test in *held_by {
            let (module, start) = test.rsplit_once("::").unwrap();
            let file = tests.join(module.replace("::", "/"));
            let text = std::fs::read_to_string(file.with_extension("rs"));
            let text = text.or_else(|_| std::fs::read_to_string(file.join("mod.rs"))).unwrap();
            let is_there = text.split("#[test]\nfn ").skip(1).any(|rest| rest.starts_with(start));
            assert!(is_there, "{name}: there is no test {test}");
        }
    }
}
