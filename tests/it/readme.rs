//! The README says what the program does: its table of keys is made from the actions, its commands are the program's.

use std::fmt::Write as _;

use clap::CommandFactory as _;
use copydesk::cli::Arguments;
use copydesk::desk::ACTIONS;

const START: &str = "<!-- keys -->\n";
const END: &str = "<!-- /keys -->";

#[test]
fn keys_are_those_of_the_actions() {
    let readme = std::fs::read_to_string("README.md").unwrap();
    let (before, rest) = readme.split_once(START).unwrap();
    let (found, after) = rest.split_once(END).unwrap();
    let mut table = "| keys | command | |\n| --- | --- | --- |\n".to_owned();
    for action in ACTIONS.iter().filter(|action| !action.keys.is_empty()) {
        let keys: Vec<String> = action.keys.iter().map(|key| format!("`{}`", key.replace('|', "\\|"))).collect();
        writeln!(table, "| {} | {} | {} |", keys.join(" "), action.name, action.help).unwrap();
    }
    if std::env::var_os("UPDATE_CASES").is_some() {
        std::fs::write("README.md", format!("{before}{START}{table}{END}{after}")).unwrap();
    } else {
        assert_eq!(found, table, "run UPDATE_CASES=1 cargo test readme");
    }
}

#[test]
fn every_command_is_named() {
    let readme = std::fs::read_to_string("README.md").unwrap();
    for command in Arguments::command().get_subcommands() {
        assert!(readme.contains(&format!("| `copydesk {} ", command.get_name())), "{}", command.get_name());
    }
}
