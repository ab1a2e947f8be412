//! The network: requests for pictures, within limits and only where a person allowed them.
//!
//! Invariant: no request leaves without a policy that allows its site, its scheme and its resolved address.

pub mod address;
pub mod policy;

#[cfg(feature = "remote")]
mod client;
#[cfg(not(feature = "remote"))]
mod no_client;

#[cfg(feature = "remote")]
pub use client::Client;
#[cfg(not(feature = "remote"))]
pub use no_client::Client;
pub use policy::{Policy, Reply, Validators};

/// What tells the time: this room has no clock of its own.
pub type Clock = fn() -> std::time::Instant;

/// Why bytes did not come. The messages are read by editors, in the picture's place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// The editor has not allowed requests for this site.
    #[error("Pictures from the web are not loaded on this site until you allow it")]
    NotAllowed,
    /// Not http or https, or no web address at all.
    #[error("“{0}” is not an http or https address")]
    Address(String),
    /// The host's address belongs to this machine or its local network.
    #[error("{host} is at the private address {address}, which is not asked")]
    Private {
        /// Host as the address names it.
        host: String,
        /// Where it resolves to.
        address: std::net::IpAddr,
    },
    /// The server answered with a status that is no picture.
    #[error("{host} answered {status}{}", meaning(*.status))]
    Status {
        /// Host that answered.
        host: String,
        /// Its HTTP status.
        status: u16,
    },
    /// The body or the headers are too large.
    #[error("{host} sent more than is read")]
    TooLarge {
        /// Host that answered.
        host: String,
    },
    /// It took too long.
    #[error("{host} did not answer within {seconds} seconds")]
    TooSlow {
        /// Host that was asked.
        host: String,
        /// How long it was waited.
        seconds: u64,
    },
    /// One forwarding too many.
    #[error("{host} forwards more than {limit} times")]
    Redirects {
        /// Host that forwarded last.
        host: String,
        /// How many are followed.
        limit: u32,
    },
    /// No such host, or no network.
    #[error("{host} was not found; is there a network?")]
    HostNotFound {
        /// Host that was looked for.
        host: String,
    },
    /// The connection failed, broke, or spoke something else than HTTP.
    #[error("The connection to {host} failed: {cause}")]
    Unreachable {
        /// Host that was asked.
        host: String,
        /// What the system says.
        cause: String,
    },
    /// This build has no network.
    #[error("This build of copydesk loads nothing from the web")]
    NotBuilt,
}

fn meaning(status: u16) -> &'static str {
    match status {
        401 | 403 => ": it does not give the picture away",
        404 | 410 => ": the picture is gone",
        429 => ": too many requests, try again later",
        500..=599 => ": it is out of order, try again later",
        _ => "",
    }
}
