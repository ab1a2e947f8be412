//! Requests over http and https.
//!
//! Invariant: every hop is checked: its scheme here, its address in the resolver whose answer is the one connected to. No cookie,
//! no credentials, no referrer, no proxy from the environment goes along. Consent may be given and taken back at any time: once
//! it is taken back no hop is made any more, and what was on its way is not handed on.

use std::error::Error as _;
use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::http::{Response, StatusCode, Uri, header};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use url::Url;

use super::{Clock, NetError, Policy, Reply, Validators, address};

/// What servers see of us.
const USER_AGENT: &str = concat!("copydesk/", env!("CARGO_PKG_VERSION"), " (picture preview)");

/// Asks for pictures. Cloning shares the connections.
#[derive(Clone, Debug)]
pub struct Client {
    policy: Policy,
    allowed: Arc<AtomicBool>,
    agent: Agent,
    clock: Clock,
}

impl Client {
    /// A client that keeps to a policy, with the clock that its time is measured by.
    #[must_use]
    pub fn new(policy: Policy, clock: Clock) -> Self {
        let config = Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(policy.header_bytes)
            .max_idle_connections_per_host(2)
            .user_agent(USER_AGENT)
            .accept("image/*")
            .build();
        let resolver = Guard { private_allowed: policy.private_allowed, inner: DefaultResolver::default() };
        let agent = Agent::with_parts(config, DefaultConnector::default(), resolver);
        Self { policy, allowed: Arc::new(AtomicBool::new(policy.allowed)), agent, clock }
    }

    /// The editor allows requests, or takes that back, from now on.
    pub fn allow(&self, allowed: bool) {
        self.allowed.store(allowed, Ordering::SeqCst);
    }

    fn consent(&self) -> Result<(), NetError> {
        if self.allowed.load(Ordering::SeqCst) { Ok(()) } else { Err(NetError::NotAllowed) }
    }

    /// Asks for the bytes behind an address. With `known`, the server may answer that they have not changed.
    ///
    /// # Errors
    /// When the policy forbids it, or the server does not answer with all bytes in time.
    pub fn fetch(&self, address: &str, known: Option<&Validators>) -> Result<Reply, NetError> {
        self.consent()?;
        let end = (self.clock)() + self.policy.time;
        let mut url = checked(address, None)?;
        for _ in 0..=self.policy.redirects {
            self.consent()?;
            let response = self.ask(&url, known, end)?;
            if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                return self.reply(&url, response);
            }
            let next = response.headers().get(header::LOCATION).and_then(|next| next.to_str().ok());
            url = checked(next.unwrap_or_default(), Some(&url))?;
        }
        Err(NetError::Redirects { host: host(&url), limit: self.policy.redirects })
    }

    fn ask(&self, url: &Url, known: Option<&Validators>, end: Instant) -> Result<Response<ureq::Body>, NetError> {
        let left = end.saturating_duration_since((self.clock)()).max(Duration::from_millis(1));
        let mut request = self.agent.get(url.as_str()).config().timeout_global(Some(left)).build();
        if let Some(etag) = known.and_then(|known| known.etag.as_deref()) {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        if let Some(date) = known.and_then(|known| known.last_modified.as_deref()) {
            request = request.header(header::IF_MODIFIED_SINCE, date);
        }
        request.call().map_err(|error| self.understood(&error, url))
    }

    fn reply(&self, url: &Url, mut response: Response<ureq::Body>) -> Result<Reply, NetError> {
        match response.status() {
            StatusCode::NOT_MODIFIED => return Ok(Reply::NotModified),
            StatusCode::OK => {}
            status => return Err(NetError::Status { host: host(url), status: status.as_u16() }),
        }
        let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let validators = Validators { etag: text(header::ETAG), last_modified: text(header::LAST_MODIFIED) };
        let max_age = text(header::CACHE_CONTROL).and_then(|control| max_age(&control));
        let body = response.body_mut().with_config().limit(self.policy.bytes).read_to_vec();
        let bytes = body.map_err(|error| self.understood(&error, url))?;
        self.consent()?;
        Ok(Reply::Fresh { bytes, validators, max_age })
    }

    fn understood(&self, error: &ureq::Error, url: &Url) -> NetError {
        let host = host(url);
        match error {
            ureq::Error::Timeout(_) => NetError::TooSlow { host, seconds: self.policy.time.as_secs() },
            ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(_, _) => NetError::TooLarge { host },
            ureq::Error::HostNotFound => NetError::HostNotFound { host },
            ureq::Error::Io(error) if let Some(private) = private(error) => {
                NetError::Private { host, address: private }
            }
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => {
                NetError::TooSlow { host, seconds: self.policy.time.as_secs() }
            }
            // Names that cannot be resolved come as an error of the system without a kind of their own.
            ureq::Error::Io(error) if error.to_string().contains("lookup") => NetError::HostNotFound { host },
            error => NetError::Unreachable { host, cause: cause(error) },
        }
    }
}

/// The address that the guard refused, if it was that.
fn private(error: &io::Error) -> Option<IpAddr> {
    error.get_ref()?.downcast_ref::<PrivateAddress>().map(|address| address.0)
}

/// The innermost cause, which says most.
fn cause(error: &ureq::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

/// An address that may be asked: http or https, without user and password.
fn checked(address: &str, base: Option<&Url>) -> Result<Url, NetError> {
    let wrong = || NetError::Address(address.chars().take(200).collect::<String>().escape_debug().to_string());
    let parsed = base.map_or_else(|| Url::parse(address), |base| base.join(address));
    let mut url = parsed.ok().filter(|_| !address.is_empty()).ok_or_else(wrong)?;
    let web = matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.is_empty());
    let without_user = web && url.set_username("").is_ok() && url.set_password(None).is_ok();
    url.set_fragment(None);
    if without_user { Ok(url) } else { Err(wrong()) }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

fn max_age(control: &str) -> Option<u64> {
    let mut parts = control.split(',').map(str::trim);
    parts.find_map(|part| part.strip_prefix("max-age=")).and_then(|seconds| seconds.trim_matches('"').parse().ok())
}

/// Resolves names and refuses what is not public.
#[derive(Debug)]
struct Guard {
    private_allowed: bool,
    inner: DefaultResolver,
}

#[derive(Debug)]
struct PrivateAddress(IpAddr);

impl fmt::Display for PrivateAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is a private address", self.0)
    }
}

impl std::error::Error for PrivateAddress {}

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        // One private address among public ones is a trick, or a broken network; neither is asked.
        match found.iter().find(|found| !self.private_allowed && !address::is_public(found.ip())) {
            Some(private) => Err(ureq::Error::Io(io::Error::other(PrivateAddress(private.ip())))),
            None => Ok(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_asked_and_nobodys_password_goes_along() {
        for wrong in ["", "ftp://host/x", "file:///etc/passwd", "javascript:alert(1)", "//host/x", "http://", "x"] {
            assert!(matches!(checked(wrong, None), Err(NetError::Address(_))), "{wrong}");
        }
        assert_eq!(checked("http://me:secret@host/x#y", None).unwrap().as_str(), "http://host/x");
        let base = Url::parse("https://host/a/b").unwrap();
        assert_eq!(checked("../c.png?x=1", Some(&base)).unwrap().as_str(), "https://host/c.png?x=1");
        assert_eq!(checked("//other/c", Some(&base)).unwrap().as_str(), "https://other/c");
        assert!(checked("file:///c", Some(&base)).is_err());
        assert!(checked("", Some(&base)).is_err(), "a forwarding that leads nowhere");
    }

    #[test]
    fn nothing_is_asked_without_leave() {
        let client = Client::new(Policy::default(), Instant::now);
        assert_eq!(client.fetch("http://127.0.0.1:9/", None), Err(NetError::NotAllowed));
    }

    #[test]
    fn disguised_loopback_addresses_are_refused() {
        let client = Client::new(Policy { allowed: true, ..Policy::default() }, Instant::now);
        for host in ["127.0.0.1", "2130706433", "0x7f.1", "127.1", "0", "[::1]", "[::ffff:127.0.0.1]", "localhost"] {
            let result = client.fetch(&format!("http://{host}:9/x.png"), None);
            assert!(matches!(result, Err(NetError::Private { .. })), "{host}: {result:?}");
        }
    }
}
