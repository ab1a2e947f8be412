//! The client of a build without network: it refuses.
//!
//! Invariant: the same face as the real one.

use super::{Clock, NetError, Policy, Reply, Validators};

/// Asks for nothing.
#[derive(Clone, Debug)]
pub struct Client;

impl Client {
    /// A client that refuses.
    #[must_use]
    pub fn new(_: Policy, _: Clock) -> Self {
        Self
    }

    /// Changes nothing: there is no network to allow.
    pub fn allow(&self, _: bool) {}

    /// Refuses.
    ///
    /// # Errors
    /// Always.
    pub fn fetch(&self, _: &str, _: Option<&Validators>) -> Result<Reply, NetError> {
        Err(NetError::NotBuilt)
    }
}
