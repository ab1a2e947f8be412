//! YAML between `---` lines.
//!
//! Invariant: what is read follows the core schema of YAML 1.2; what is written reads the same under YAML 1.1 and 1.2.

pub(crate) mod diagnosis;
pub(crate) mod gap;
pub(crate) mod reader;
pub(crate) mod scalar;
