//! Where results and messages go: standard output for data, standard error for what a person reads.
//!
//! Invariant: no raw control character reaches a terminal; colour only where a terminal wants it; a closed pipe is no error.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, IsTerminal as _, Write};
use std::process::ExitCode;

use crate::document::Refusal;
use crate::storage::StorageError;
use crate::text::{Place, marks_but};

/// How a command ended, from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Done, or the answer is yes.
    Done,
    /// The answer is no: problems, conflicts, a failed test.
    No,
    /// Wrong use, or something cannot be read or written.
    Wrong,
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        Self::from(match verdict {
            Verdict::Done => 0,
            Verdict::No => 1,
            Verdict::Wrong => 2,
        })
    }
}

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The disk said no.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The arguments make no sense together.
    #[error("{0}")]
    Usage(String),
    /// A place in a file is the reason.
    #[error("{}", located(.file, *.place, .message))]
    InFile {
        /// The file, as it was named.
        file: String,
        /// Where in it.
        place: Option<Place>,
        /// What is the matter.
        message: String,
    },
    /// The result could not be written out.
    #[error("Cannot write the result: {0}")]
    Output(#[source] io::Error),
}

impl CliError {
    /// Whether the reader of the output went away, as `head` does.
    #[must_use]
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// A refusal, with the file it is about.
    pub(super) fn refused(file: impl fmt::Display, refusal: &Refusal) -> Self {
        Self::InFile { file: file.to_string(), place: refusal.place, message: refusal.message.clone() }
    }
}

fn located(file: &str, place: Option<Place>, message: &str) -> String {
    match place {
        Some(place) => format!("{file}:{place}: {message}"),
        None => format!("{file}: {message}"),
    }
}

/// Both streams, and what is known of who reads them.
pub struct Output {
    data: Box<dyn Write>,
    messages: Box<dyn Write>,
    data_on_terminal: bool,
    messages_on_terminal: bool,
    colour: bool,
}

impl Output {
    /// The process's own streams.
    #[must_use]
    pub fn of_process() -> Self {
        let (data_on_terminal, messages_on_terminal) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let able = std::env::var_os("TERM").is_none_or(|terminal| terminal != "dumb");
        Self {
            data: Box::new(io::BufWriter::new(io::stdout().lock())),
            messages: Box::new(io::stderr()),
            data_on_terminal,
            messages_on_terminal,
            colour: wanted && able && messages_on_terminal,
        }
    }

    /// Whether a person looks at the messages, so that progress may be shown.
    #[must_use]
    pub const fn is_watched(&self) -> bool {
        self.messages_on_terminal
    }

    /// Whether a person looks at the data.
    #[must_use]
    pub const fn data_on_terminal(&self) -> bool {
        self.data_on_terminal
    }

    /// How many characters fit on a line of the terminal that shows the data.
    #[must_use]
    pub fn width(&self) -> Option<usize> {
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let width = columns.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)));
        width.filter(|_| self.data_on_terminal)
    }

    /// Writes data. On a terminal, characters that nobody sees are shown as marks.
    ///
    /// # Errors
    /// When the stream is closed or full.
    pub fn data(&mut self, text: &str) -> Result<(), CliError> {
        let shown = if self.data_on_terminal { for_terminal(text) } else { Cow::Borrowed(text) };
        self.data.write_all(shown.as_bytes()).map_err(CliError::Output)
    }

    /// Writes a value as JSON, indented, with a line break.
    ///
    /// # Errors
    /// When the stream is closed or full.
    pub fn json(&mut self, value: &serde_json::Value) -> Result<(), CliError> {
        self.data(&format!("{value:#}\n"))
    }

    /// Tells what is wrong.
    pub fn error(&mut self, message: &str) {
        self.tell("error: ", "\u{1b}[1;31m", message);
    }

    /// Tells what happened.
    pub fn note(&mut self, message: &str) {
        self.tell("", "", message);
    }

    fn tell(&mut self, label: &str, colour: &str, message: &str) {
        let message = for_terminal(message);
        let line = if self.colour && !colour.is_empty() {
            format!("{colour}{label}\u{1b}[0m{message}\n")
        } else {
            format!("{label}{message}\n")
        };
        // Nobody is left to be told that messages cannot be written.
        if self.messages.write_all(line.as_bytes()).is_err() {
            log::debug!("a message could not be written");
        }
    }

    /// Hands everything on.
    ///
    /// # Errors
    /// When the stream is closed or full.
    pub fn flush(&mut self) -> Result<(), CliError> {
        self.data.flush().map_err(CliError::Output)
    }
}

/// Marks in the place of what nobody sees; line feeds and tabs stay. A carriage return would write over what stands there.
fn for_terminal(text: &str) -> Cow<'_, str> {
    marks_but(text, &['\t', '\n'])
}
