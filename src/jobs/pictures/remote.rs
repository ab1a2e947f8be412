//! Pictures from the web, kept on disk with the date of each success and failure.
//!
//! Invariant: what is kept is asked for again only after its time; a failure that is kept is not asked for again until its time,
//! or until the editor says so.

use serde::{Deserialize, Serialize};

use super::seconds_now;
use crate::net::{Client, NetError, Reply, Validators};
use crate::picture::{Failure, FailureKind};
use crate::storage::blobs::Blobs;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// How long bytes are taken as they are when the server says nothing.
const FRESH: i64 = DAY;

/// The longest that a server may ask for.
const LONGEST: u64 = 30 * DAY as u64;

/// Pictures from the web.
pub(super) struct Remote {
    client: Client,
    kept: Option<Blobs>,
}

/// What is known of an address: its bytes follow, unless it failed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Entry {
    address: String,
    validators: Validators,
    /// From when on it is asked for again, seconds since 1970.
    until: i64,
    failure: Option<Kept>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    missing: bool,
    reason: String,
    seconds: i64,
}

impl Remote {
    pub(super) fn new(client: Client, kept: Option<Blobs>) -> Self {
        Self { client, kept }
    }

    /// The editor allows requests, or takes that back, from now on.
    pub(super) fn allow(&self, allowed: bool) {
        self.client.allow(allowed);
    }

    /// The bytes behind an address: those that are kept, or those that the server gives now.
    pub(super) fn bytes(&self, address: &str) -> Result<Vec<u8>, Failure> {
        let known = self.known(address);
        let now = seconds_now();
        match known {
            Some((Entry { failure: Some(failure), until, .. }, _)) if now < until => {
                let kind = if failure.missing { FailureKind::Missing } else { FailureKind::Unreachable };
                Err(Failure::new(kind, &failure.reason, failure.seconds))
            }
            Some((Entry { failure: None, until, .. }, bytes)) if now < until => Ok(bytes),
            Some((entry @ Entry { failure: None, .. }, bytes)) => self.again(entry, bytes, now),
            _ => self.first(address, now),
        }
    }

    /// Forgets that an address failed.
    pub(super) fn retry(&self, address: &str) {
        if let (Some(kept), Some((Entry { failure: Some(_), .. }, _))) = (&self.kept, self.known(address)) {
            kept.remove(name(address));
        }
    }

    fn first(&self, address: &str, now: i64) -> Result<Vec<u8>, Failure> {
        match self.client.fetch(address, None) {
            Ok(Reply::Fresh { bytes, validators, max_age }) => {
                self.keep(&Entry::of(address, validators, max_age, now), &bytes);
                Ok(bytes)
            }
            Ok(Reply::NotModified) => {
                Err(Failure::new(FailureKind::Unreachable, "The server says “not modified” to a first request", now))
            }
            Err(error) => {
                let failure = failure(&error, now);
                if let Some(entry) = Entry::failed(address, &failure) {
                    self.keep(&entry, &[]);
                }
                Err(failure)
            }
        }
    }

    /// Asks whether what is kept is still the newest. When nobody answers it is good enough.
    fn again(&self, entry: Entry, bytes: Vec<u8>, now: i64) -> Result<Vec<u8>, Failure> {
        match self.client.fetch(&entry.address, Some(&entry.validators)) {
            Ok(Reply::Fresh { bytes, validators, max_age }) => {
                self.keep(&Entry::of(&entry.address, validators, max_age, now), &bytes);
                Ok(bytes)
            }
            Ok(Reply::NotModified) => {
                self.keep(&Entry { until: now + FRESH, ..entry }, &bytes);
                Ok(bytes)
            }
            Err(NetError::Status { status: 404 | 410, .. }) => self.first(&entry.address, now),
            Err(error) => {
                log::info!("{}: {error}; the version of before is shown", entry.address);
                self.keep(&Entry { until: now + HOUR, ..entry }, &bytes);
                Ok(bytes)
            }
        }
    }

    fn known(&self, address: &str) -> Option<(Entry, Vec<u8>)> {
        let mut packed = self.kept.as_ref()?.get(name(address))?;
        let length = u32::from_le_bytes(*packed.first_chunk::<4>()?) as usize;
        let entry: Entry = serde_json::from_slice(packed.get(4..4 + length)?).ok()?;
        packed.drain(..4 + length);
        (entry.address == address).then_some((entry, packed))
    }

    fn keep(&self, entry: &Entry, bytes: &[u8]) {
        let Some(kept) = &self.kept else { return };
        let facts = serde_json::to_vec(entry).unwrap_or_default();
        let mut packed = (facts.len() as u32).to_le_bytes().to_vec();
        packed.extend_from_slice(&facts);
        packed.extend_from_slice(bytes);
        if let Err(error) = kept.put(name(&entry.address), &packed) {
            log::warn!("A picture from the web could not be kept: {error}");
        }
    }
}

impl Entry {
    fn of(address: &str, validators: Validators, max_age: Option<u64>, now: i64) -> Self {
        let fresh = max_age.map_or(FRESH, |seconds| seconds.min(LONGEST).cast_signed().max(HOUR));
        Self { address: address.to_owned(), validators, until: now + fresh, failure: None }
    }

    /// A failure worth remembering. What the editor's own settings refuse is not.
    fn failed(address: &str, failure: &Failure) -> Option<Self> {
        let missing = failure.kind == FailureKind::Missing;
        let wait = match failure.kind {
            FailureKind::Missing => 7 * DAY,
            FailureKind::TooLarge => DAY,
            FailureKind::Unreachable | FailureKind::Broken | FailureKind::Unsupported => HOUR / 6,
            FailureKind::Refused => return None,
        };
        let kept = Kept { missing, reason: failure.reason.to_string(), seconds: failure.seconds };
        let until = failure.seconds + wait;
        Some(Self { address: address.to_owned(), until, failure: Some(kept), ..Self::default() })
    }
}

fn failure(error: &NetError, now: i64) -> Failure {
    let kind = match error {
        NetError::NotAllowed | NetError::Address(_) | NetError::Private { .. } | NetError::NotBuilt => {
            FailureKind::Refused
        }
        NetError::Status { status: 404 | 410, .. } => FailureKind::Missing,
        NetError::Status { status: 401 | 403, .. } => FailureKind::Refused,
        NetError::TooLarge { .. } => FailureKind::TooLarge,
        NetError::Status { .. }
        | NetError::TooSlow { .. }
        | NetError::Redirects { .. }
        | NetError::HostNotFound { .. }
        | NetError::Unreachable { .. } => FailureKind::Unreachable,
    };
    Failure::new(kind, &error.to_string(), now)
}

fn name(address: &str) -> u128 {
    xxhash_rust::xxh3::xxh3_128(address.as_bytes())
}

#[cfg(test)]
#[cfg(feature = "remote")]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpListener;
    use std::time::Instant;

    use super::*;
    use crate::net::Policy;

    /// A server that gives these answers in turn; what came with each request, in small letters.
    fn server(answers: Vec<(&'static str, &'static str)>) -> (String, std::thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/a.png", listener.local_addr().unwrap());
        let serve = move || {
            let one = |(head, body): (&str, &str)| {
                let (mut stream, _) = listener.accept().unwrap();
                let lines = BufReader::new(&stream).lines().map(Result::unwrap);
                let request: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
                let length = body.len();
                write!(stream, "HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
                    .unwrap();
                request.join("\n").to_lowercase()
            };
            answers.into_iter().map(one).collect()
        };
        (address, std::thread::spawn(serve))
    }

    #[test]
    fn what_is_out_of_date_is_confirmed_replaced_or_good_enough() {
        let (address, served) = server(vec![
            ("200 OK\r\nETag: \"a\"", "one"),
            ("304 Not Modified", ""),
            ("200 OK\r\nETag: \"b\"", "two"),
            ("500 Oops", ""),
            ("404 Not Found", ""),
            ("404 Not Found", ""),
            ("200 OK", "three"),
        ]);
        let folder = tempfile::tempdir().unwrap();
        let policy = Policy { allowed: true, private_allowed: true, ..Policy::default() };
        let kept = Blobs::new(folder.path().to_owned(), 1 << 20);
        let remote = Remote::new(Client::new(policy, Instant::now), Some(kept));
        let bytes = || remote.bytes(&address).map(|bytes| String::from_utf8(bytes).unwrap());
        let expire = || {
            let (entry, bytes) = remote.known(&address).unwrap();
            remote.keep(&Entry { until: 0, ..entry }, &bytes);
        };
        assert_eq!(bytes().unwrap(), "one");
        assert_eq!(bytes().unwrap(), "one", "kept, and not asked for");
        expire();
        assert_eq!(bytes().unwrap(), "one", "the server says that it has not changed");
        expire();
        assert_eq!(bytes().unwrap(), "two", "another version");
        expire();
        assert_eq!(bytes().unwrap(), "two", "a server that is out of order takes no picture away");
        expire();
        assert_eq!(bytes().unwrap_err().kind, FailureKind::Missing, "one that is gone is gone");
        assert_eq!(bytes().unwrap_err().kind, FailureKind::Missing, "and not asked for again");
        remote.retry(&address);
        assert_eq!(bytes().unwrap(), "three", "until the editor says so");
        let requests = served.join().unwrap();
        assert!(requests[1].contains("if-none-match: \"a\"") && requests[3].contains("if-none-match: \"b\""));
        assert!(!requests[0].contains("if-none-match") && !requests[6].contains("if-none-match"));
    }
}
