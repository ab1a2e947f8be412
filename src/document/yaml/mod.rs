//! YAML between `---` lines.
//!
//! Invariant: what is read follows the core schema of YAML 1.2; what is written reads the same under YAML 1.1 and 1.2.

pub(crate) mod diagnosis;
pub(crate) mod editor;
mod flow;
mod gap;
mod habits;
mod insert;
mod layout;
pub(crate) mod reader;
mod remove;
mod replace;
pub(crate) mod restore;
pub(crate) mod scalar;
pub(crate) mod second;
mod writer;
