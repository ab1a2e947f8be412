//! What a request may do, and what comes back.
//!
//! Invariant: nothing is allowed by default.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What requests may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The editor has allowed requests for this site, to begin with.
    pub allowed: bool,
    /// The editor allowed addresses of this machine and its local network.
    pub private_allowed: bool,
    /// Bytes of a body, after decompression.
    pub bytes: u64,
    /// Bytes of all headers of an answer.
    pub header_bytes: usize,
    /// Time for a picture, all forwarding included.
    pub time: Duration,
    /// How often a server may forward to another address.
    pub redirects: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            allowed: false,
            private_allowed: false,
            bytes: 8 << 20,
            header_bytes: 64 << 10,
            time: Duration::from_secs(10),
            redirects: 3,
        }
    }
}

/// What a server gave to recognise a version by; sent back, it answers "not modified" instead of the bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// The `ETag` of the answer.
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    pub last_modified: Option<String>,
}

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The bytes.
    Fresh {
        /// The whole body.
        bytes: Vec<u8>,
        /// What to send back next time.
        validators: Validators,
        /// For how many seconds the server says they will not change.
        max_age: Option<u64>,
    },
    /// The version that is already here is the newest.
    NotModified,
}
