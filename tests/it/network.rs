//! Requests for pictures against a server on this machine that misbehaves in every way we know.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use copydesk::jobs::pictures::{PictureRunner, PictureSettings};
use copydesk::net::{Client, NetError, Policy, Reply, Validators};
use copydesk::picture::{Delivered, Failure, FailureKind, PictureKey, PictureOrders, Shape, Source};
use copydesk::storage::blobs::Blobs;

const SHAPE: Shape = Shape::Cover { width: 60, height: 37 };

/// What a request says, as the server sees it.
#[derive(Clone, Debug)]
struct Request {
    path: String,
    headers: Vec<String>,
}

type Answer = dyn Fn(&Request, &mut TcpStream) -> std::io::Result<()> + Send + Sync;

/// A server that gives each request to a function. It ends with the test.
struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
    /// The paths whose answer the client did not hear out.
    cut: Arc<Mutex<Vec<String>>>,
    ended: Arc<AtomicBool>,
}

impl Server {
    fn start(answer: impl Fn(&Request, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Self { port, requests: Arc::default(), cut: Arc::default(), ended: Arc::default() };
        let (requests, cut, ended) = (Arc::clone(&server.requests), Arc::clone(&server.cut), Arc::clone(&server.ended));
        let answer: Arc<Answer> = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let (answer, requests, cut) = (Arc::clone(&answer), Arc::clone(&requests), Arc::clone(&cut));
                std::thread::spawn(move || serve(stream, &answer, &requests, &cut));
            }
        });
        server
    }

    fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Waits until it has noticed that the client did not hear this answer out.
    fn until_cut(&self, path: &str) {
        let end = Instant::now() + Duration::from_secs(20);
        while !self.cut.lock().unwrap().iter().any(|cut| cut == path) {
            assert!(Instant::now() < end, "{path}: the client listens to the end");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

fn serve(mut stream: TcpStream, answer: &Arc<Answer>, requests: &Mutex<Vec<Request>>, cut: &Mutex<Vec<String>>) {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return };
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let headers = lines.take_while(|line| !line.is_empty()).map(|line| line.to_lowercase()).collect();
    let request = Request { path, headers };
    requests.lock().unwrap().push(request.clone());
    // The client may hang up at any time, that is what these tests are about.
    if answer(&request, &mut stream).is_err() {
        cut.lock().unwrap().push(request.path);
    }
}

fn send(stream: &mut TcpStream, head: &str, body: &[u8]) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len())?;
    stream.write_all(body)
}

fn picture() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(90, 60, |x, y| image::Rgb([x as u8, y as u8, 7]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

fn policy() -> Policy {
    Policy { allowed: true, private_allowed: true, time: Duration::from_secs(1), ..Policy::default() }
}

fn zeros(stream: &mut TcpStream, head: &str, megabytes: usize) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n{head}\r\n\r\n")?;
    (0..megabytes).try_for_each(|_| stream.write_all(&vec![0; 1 << 20]))
}

fn gzipped_zeros(megabytes: usize) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..megabytes {
        packed.write_all(&vec![0; 1 << 20]).unwrap();
    }
    packed.finish().unwrap()
}

fn misbehave(request: &Request, stream: &mut TcpStream) -> std::io::Result<()> {
    match request.path.as_str() {
        "/good.png" => send(stream, "200 OK\r\nETag: \"v1\"", &picture()),
        "/silent" => std::io::copy(&mut stream.take(1), &mut std::io::sink()).map(drop),
        "/slow" => {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")?;
            (0..100).try_for_each(|_| {
                std::thread::sleep(Duration::from_millis(100));
                stream.write_all(b"x")
            })
        }
        "/slow-head" => (0..100).try_for_each(|number| {
            std::thread::sleep(Duration::from_millis(100));
            if number == 0 { write!(stream, "HTTP/1.1 200 OK\r\n") } else { write!(stream, "X-{number}: x\r\n") }
        }),
        "/endless" => zeros(stream, "Content-Type: image/png", 4000),
        "/chunked" => {
            write!(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            (0..4000).try_for_each(|_| write!(stream, "10000\r\n{}\r\n", "x".repeat(0x10000)))
        }
        "/large" => zeros(stream, "Content-Length: 9000000", 9),
        "/truncated" => {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")?;
            stream.write_all(&picture()[..200])
        }
        "/gzip-bomb" => send(stream, "200 OK\r\nContent-Encoding: gzip", &gzipped_zeros(100)),
        "/gzip-broken" => send(stream, "200 OK\r\nContent-Encoding: gzip", b"\x1F\x8Bnothing"),
        "/headers" => {
            write!(stream, "HTTP/1.1 200 OK\r\n")?;
            (0..100_000).try_for_each(|number| write!(stream, "X-{number}: {}\r\n", "x".repeat(100)))
        }
        "/header" => {
            write!(stream, "HTTP/1.1 200 OK\r\nX-Long: ")?;
            (0..100_000).try_for_each(|_| stream.write_all(&[b'x'; 1000]))
        }
        "/not-http" => stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n"),
        "/hang-up" => Ok(()),
        "/loop" => send(stream, "302 Found\r\nLocation: /loop", b""),
        "/nowhere" => send(stream, "302 Found", b""),
        "/to-file" => send(stream, "302 Found\r\nLocation: file:///etc/passwd", b""),
        "/to-ftp" => send(stream, "301 Moved\r\nLocation: ftp://127.0.0.1/x", b""),
        "/once" => send(stream, "307 Temporary\r\nLocation: /good.png", b""),
        "/missing" => send(stream, "404 Not Found", b"<html>gone</html>"),
        "/forbidden" => send(stream, "403 Forbidden", b""),
        "/broken" => send(stream, "500 Oops", b""),
        "/empty" => send(stream, "204 No Content", b""),
        "/drawing" => send(stream, "200 OK", b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"),
        "/page" => send(stream, "200 OK\r\nContent-Type: image/png", b"<!doctype html><html>log in</html>"),
        path => send(stream, "404 Not Found", path.as_bytes()),
    }
}

#[test]
fn whatever_a_server_does_an_answer_comes_before_it_ends() {
    let server = Server::start(misbehave);
    let client = Client::new(policy(), Instant::now);
    let kind = |result: &Result<Reply, NetError>| match result {
        Ok(_) => "bytes",
        Err(NetError::Status { .. }) => "status",
        Err(NetError::TooLarge { .. }) => "too large",
        Err(NetError::TooSlow { .. }) => "too slow",
        Err(NetError::Redirects { .. }) => "redirects",
        Err(NetError::Address(_)) => "address",
        Err(NetError::Unreachable { .. }) => "unreachable",
        Err(_) => "other",
    };
    for (path, expected) in [
        ("/good.png", "bytes"),
        ("/once", "bytes"),
        ("/silent", "too slow"),
        ("/slow", "too slow"),
        ("/slow-head", "too slow"),
        ("/endless", "too large"),
        ("/chunked", "too large"),
        ("/large", "too large"),
        ("/gzip-bomb", "too large"),
        ("/header", "too large"),
        ("/headers", "unreachable"),
        ("/truncated", "unreachable"),
        ("/gzip-broken", "unreachable"),
        ("/not-http", "unreachable"),
        ("/hang-up", "unreachable"),
        ("/loop", "redirects"),
        ("/nowhere", "address"),
        ("/to-file", "address"),
        ("/to-ftp", "address"),
        ("/missing", "status"),
        ("/forbidden", "status"),
        ("/broken", "status"),
        ("/empty", "status"),
        ("/page", "bytes"),
    ] {
        let result = client.fetch(&server.address(path), None);
        assert_eq!(kind(&result), expected, "{path}: {:?}", result.as_ref().err());
    }
    // The client hung up on those that would have gone on.
    for path in ["/slow", "/slow-head", "/endless", "/chunked", "/header", "/headers"] {
        server.until_cut(path);
    }
    let loops = server.requests().iter().filter(|request| request.path == "/loop").count();
    assert_eq!(loops, 4, "one request and three forwardings");
}

#[test]
fn nothing_but_the_request_goes_out() {
    let server = Server::start(misbehave);
    let address = server.address("/good.png").replace("http://", "http://me:secret@");
    Client::new(policy(), Instant::now).fetch(&address, None).unwrap();
    let [request] = server.requests().try_into().unwrap();
    let names: Vec<&str> = request.headers.iter().filter_map(|header| header.split(':').next()).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, ["accept", "accept-encoding", "host", "user-agent"]);
    assert!(request.headers.iter().any(|header| header.starts_with("user-agent: copydesk/")));
}

#[test]
fn a_forwarding_to_a_private_address_is_refused() {
    let server = Server::start(misbehave);
    let client = Client::new(Policy { private_allowed: false, ..policy() }, Instant::now);
    let error = client.fetch(&server.address("/good.png"), None).unwrap_err();
    assert_eq!(error.to_string(), "127.0.0.1 is at the private address 127.0.0.1, which is not asked");
    assert!(server.requests().is_empty(), "not even a connection's first line");
}

#[test]
fn private_hosts_are_not_asked_however_they_are_spelled() {
    let client = Client::new(Policy { private_allowed: false, ..policy() }, Instant::now);
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "0177.0.0.1",
        "0",
        "10.1",
        "192.168.257",
        "169.254.169.254",
        "[::]",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[fe80::1]",
        "[fd12::1]",
        "localhost",
        "\u{ff11}27.0.0.1",
    ] {
        let answer = client.fetch(&format!("http://{host}:9/a.png"), None);
        assert!(matches!(answer, Err(NetError::Private { .. })), "{host}: {answer:?}");
    }
}

#[test]
fn what_is_known_is_only_confirmed() {
    let server = Server::start(|request, stream| {
        let known = request.headers.iter().any(|header| header == "if-none-match: \"v1\"");
        if known { send(stream, "304 Not Modified", b"") } else { misbehave(request, stream) }
    });
    let client = Client::new(policy(), Instant::now);
    let Reply::Fresh { validators, .. } = client.fetch(&server.address("/good.png"), None).unwrap() else { panic!() };
    assert_eq!(validators.etag.as_deref(), Some("\"v1\""));
    assert_eq!(client.fetch(&server.address("/good.png"), Some(&validators)), Ok(Reply::NotModified));
    let other = Validators { etag: Some("\"v0\"".to_owned()), last_modified: None };
    assert!(matches!(client.fetch(&server.address("/good.png"), Some(&other)), Ok(Reply::Fresh { .. })));
}

fn runner(policy: Policy, kept: Option<Blobs>) -> PictureRunner {
    let read = |_: &copydesk::file::SitePath| Err(Failure::new(FailureKind::Missing, "no files here", 0));
    let settings =
        PictureSettings { read: Arc::new(read), thumbnails: None, remote: kept, policy, facts: None, helper: None };
    PictureRunner::start(settings, Arc::new(|| {}))
}

fn key(address: &str) -> PictureKey {
    PictureKey { source: Source::Remote(address.into()), shape: SHAPE }
}

fn ask(runner: &mut PictureRunner, wanted: &[PictureKey]) -> Vec<Delivered> {
    runner.obey(PictureOrders { wanted: wanted.to_vec(), retry: Vec::new() });
    let end = Instant::now() + Duration::from_secs(20);
    let mut answers = Vec::new();
    while answers.len() < wanted.len() {
        assert!(Instant::now() < end, "only {} of {} answers came", answers.len(), wanted.len());
        match runner.next_answer() {
            Some(answer) => answers.push(answer),
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    }
    answers.sort_by_key(|answer| wanted.iter().position(|key| *key == answer.key));
    answers
}

#[test]
fn pictures_from_the_web_are_kept_and_so_are_failures() {
    let server = Server::start(misbehave);
    let folder = tempfile::tempdir().unwrap();
    let kept = || Some(Blobs::new(folder.path().to_owned(), 1 << 24));
    let wanted = ["/good.png", "/missing", "/page", "/truncated", "/drawing"].map(|path| key(&server.address(path)));
    let mut first = runner(policy(), kept());
    let answers = ask(&mut first, &wanted);
    assert_eq!(answers[0].result.as_ref().unwrap().info.width, 90);
    let failures: Vec<&Failure> = answers[1..].iter().map(|answer| answer.result.as_ref().unwrap_err()).collect();
    assert_eq!(failures[0].kind, FailureKind::Missing);
    assert_eq!(failures[0].reason.as_ref(), "127.0.0.1 answered 404: the picture is gone");
    assert_eq!(failures[1].reason.as_ref(), "Not a picture: it is a web page");
    assert_eq!(failures[2].kind, FailureKind::Unreachable);
    assert_eq!(failures[3].reason.as_ref(), "SVG from the web is not shown. Keep the picture in the site");
    assert!(failures[0].seconds > 1_600_000_000);
    let asked = server.requests().len();
    assert_eq!(asked, 5);

    // At the next start nobody is asked again, and the failure still has its date.
    let mut second = runner(policy(), kept());
    let again = ask(&mut second, &wanted);
    assert_eq!(again[0].result, answers[0].result);
    assert_eq!(again[1].result, answers[1].result);
    assert_eq!(server.requests().len(), asked);

    // Until the editor says so.
    second.obey(PictureOrders { wanted: Vec::new(), retry: vec![wanted[1].source.clone(), wanted[0].source.clone()] });
    ask(&mut second, &wanted[..2]);
    assert_eq!(server.requests().len(), asked + 1, "what is there is not asked for again");
}

#[test]
fn without_consent_nothing_is_asked() {
    let server = Server::start(misbehave);
    let mut runner = runner(Policy { allowed: false, ..policy() }, None);
    runner.obey(PictureOrders { wanted: vec![key(&server.address("/good.png"))], retry: Vec::new() });
    std::thread::sleep(Duration::from_millis(100));
    assert!(runner.next_answer().is_none());
    assert!(server.requests().is_empty());
}

#[test]
fn consent_holds_from_the_moment_it_is_given_or_taken_back() {
    let server = Server::start(misbehave);
    let mut runner = runner(Policy { allowed: false, ..policy() }, None);
    let good = key(&server.address("/good.png"));
    runner.allow_remote(true);
    assert!(ask(&mut runner, std::slice::from_ref(&good))[0].result.is_ok(), "no other site had to be opened first");

    runner.obey(PictureOrders::default());
    runner.obey(PictureOrders { wanted: vec![key(&server.address("/slow"))], retry: Vec::new() });
    let end = Instant::now() + Duration::from_secs(20);
    while server.requests().len() < 2 {
        assert!(Instant::now() < end, "the slow one is not asked for");
        std::thread::sleep(Duration::from_millis(2));
    }
    runner.allow_remote(false);
    runner.obey(PictureOrders { wanted: vec![good.clone(), key(&server.address("/once"))], retry: Vec::new() });
    let client = Client::new(policy(), Instant::now);
    client.allow(false);
    assert_eq!(client.fetch(&server.address("/good.png"), None), Err(NetError::NotAllowed));
    client.allow(true);
    assert!(client.fetch(&server.address("/good.png"), None).is_ok());
    // The client's own request is the last one: the runner has made none since.
    let paths: Vec<String> = server.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/good.png", "/slow", "/good.png"]);
    assert!(runner.next_answer().is_none(), "what was on its way is not answered");
}

#[test]
fn no_further_hop_is_made_once_consent_is_taken_back() {
    let client = Arc::new(Client::new(policy(), Instant::now));
    let taker = Arc::clone(&client);
    let server = Server::start(move |request, stream| {
        taker.allow(false);
        misbehave(request, stream)
    });
    assert_eq!(client.fetch(&server.address("/once"), None), Err(NetError::NotAllowed));
    assert_eq!(server.requests().len(), 1);
    client.allow(true);
    assert_eq!(client.fetch(&server.address("/good.png"), None), Err(NetError::NotAllowed), "nor is a body handed on");
}

#[test]
fn a_host_is_asked_for_two_pictures_at_a_time_and_local_ones_do_not_wait() {
    let (now, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    let server = Server::start(move |_, stream| {
        seen.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(60));
        now.fetch_sub(1, Ordering::SeqCst);
        send(stream, "200 OK", &picture())
    });
    let mut runner = runner(policy(), None);
    let mut wanted: Vec<PictureKey> = (0..12).map(|number| key(&server.address(&format!("/{number}.png")))).collect();
    wanted.push(PictureKey { source: Source::site(["local.png"]), shape: SHAPE });
    runner.obey(PictureOrders { wanted: wanted.clone(), retry: Vec::new() });
    let end = Instant::now() + Duration::from_secs(20);
    let mut order = Vec::new();
    while order.len() < wanted.len() {
        assert!(Instant::now() < end);
        order.extend(runner.next_answer().map(|answer| answer.key.source.is_remote()));
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(order.first(), Some(&false), "the local one came first");
    assert_eq!(most.load(Ordering::SeqCst), 2);
}
