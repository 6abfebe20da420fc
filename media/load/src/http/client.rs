//! As much HTTP/1.1 as the door needs: one request after the other on one connection.

use std::net::{Ipv4Addr, SocketAddr};

use thiserror::Error;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpSocket, TcpStream};

/// The longest body that is read.
const LARGEST: usize = 1 << 20;

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// As in `Host`: name and port.
    pub authority: String,
    /// Where its name leads.
    pub address: SocketAddr,
}

/// The server could not be talked to.
#[derive(Debug, Error)]
pub enum HttpError {
    /// The connection failed.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// Not HTTP/1.1 as we know it.
    #[error("the server said nonsense")]
    Nonsense,
    /// `https` needs a proxy; only plain HTTP is spoken.
    #[error("`{0}` is no http:// address")]
    Address(String),
}

/// What was answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// The `Location` header.
    pub location: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// A question.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// `POST`…
    pub method: &'a str,
    /// Path and query, or a whole address of the same server.
    pub path: &'a str,
    /// A bearer token.
    pub token: Option<&'a str>,
    /// Content type and body.
    pub body: Option<(&'a str, &'a str)>,
}

/// A connection.
pub struct Connection {
    authority: String,
    stream: BufReader<TcpStream>,
}

impl Site {
    /// Finds the server of `http://host:port/…`.
    pub async fn find(url: &str) -> Result<Site, HttpError> {
        let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("ws://"));
        let rest = rest.ok_or_else(|| HttpError::Address(url.to_owned()))?;
        let authority = rest.split(['/', '?']).next().unwrap_or_default().to_owned();
        let port = if authority.contains(':') { "" } else { ":80" };
        let addresses = tokio::net::lookup_host(format!("{authority}{port}")).await?;
        let address = addresses.into_iter().find(SocketAddr::is_ipv4);
        let address = address.ok_or_else(|| HttpError::Address(url.to_owned()))?;
        Ok(Site { authority, address })
    }

    /// Connects from an address of ours; from any if the server is not on loopback.
    pub async fn connect(&self, from: Ipv4Addr) -> Result<TcpStream, HttpError> {
        let socket = TcpSocket::new_v4()?;
        if self.address.ip().is_loopback() {
            socket.bind(SocketAddr::new(from.into(), 0))?;
        }
        let stream = socket.connect(self.address).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    /// Opens a connection for questions.
    pub async fn open(&self, from: Ipv4Addr) -> Result<Connection, HttpError> {
        let stream = BufReader::new(self.connect(from).await?);
        Ok(Connection { authority: self.authority.clone(), stream })
    }
}

impl Connection {
    /// Asks, and waits for the answer.
    pub async fn ask(&mut self, question: Question<'_>) -> Result<Answer, HttpError> {
        let text = question.write(&self.authority);
        self.stream.get_mut().write_all(text.as_bytes()).await?;
        let (status, headers) = self.head().await?;
        let header = |name: &str| headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
        let length = header("content-length").and_then(|value| value.parse().ok());
        let body = match (status, length) {
            (204 | 304, _) => Vec::new(),
            (_, Some(length)) => self.exactly(length).await?,
            _ if header("transfer-encoding") == Some("chunked") => self.chunks().await?,
            _ => return Err(HttpError::Nonsense),
        };
        Ok(Answer { status, location: header("location").map(str::to_owned), body })
    }

    async fn head(&mut self) -> Result<(u16, Vec<(String, String)>), HttpError> {
        let first = self.line().await?;
        let status = first.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(HttpError::Nonsense)?;
        let mut headers = Vec::new();
        loop {
            let line = self.line().await?;
            if line.is_empty() {
                return Ok((status, headers));
            }
            let (name, value) = line.split_once(':').ok_or(HttpError::Nonsense)?;
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    async fn line(&mut self) -> Result<String, HttpError> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err(HttpError::Nonsense);
        }
        line.truncate(line.trim_end().len());
        Ok(line)
    }

    async fn exactly(&mut self, length: usize) -> Result<Vec<u8>, HttpError> {
        if length > LARGEST {
            return Err(HttpError::Nonsense);
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        Ok(body)
    }

    async fn chunks(&mut self) -> Result<Vec<u8>, HttpError> {
        let mut body = Vec::new();
        loop {
            let size = self.line().await?;
            let size = usize::from_str_radix(size.split(';').next().unwrap_or_default(), 16);
            let size = size.map_err(|_| HttpError::Nonsense)?;
            if size == 0 {
                self.line().await?;
                return Ok(body);
            }
            let chunk = self.exactly(size).await?;
            body.extend(chunk);
            self.line().await?;
            if body.len() > LARGEST {
                return Err(HttpError::Nonsense);
            }
        }
    }
}

impl Question<'_> {
    fn write(&self, authority: &str) -> String {
        let (kind, body) = self.body.unwrap_or_default();
        let kind = if kind.is_empty() { String::new() } else { format!("Content-Type: {kind}\r\n") };
        let token = self.token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        let (method, path, length) = (self.method, path_of(self.path), body.len());
        format!("{method} {path} HTTP/1.1\r\nHost: {authority}\r\n{token}{kind}Content-Length: {length}\r\n\r\n{body}")
    }
}

/// Path and query of an address.
fn path_of(address: &str) -> &str {
    let Some((_, rest)) = address.split_once("://") else { return address };
    rest.find('/').map_or("/", |at| &rest[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn answered(answer: &'static str) -> Result<Answer, HttpError> {
        let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("it binds");
        let address = server.local_addr().expect("bound");
        tokio::spawn(async move {
            let (mut stream, from) = server.accept().await.expect("somebody comes");
            assert_eq!(from.ip(), Ipv4Addr::new(127, 64, 0, 9));
            let mut question = vec![0; 4096];
            let length = stream.read(&mut question).await.expect("they ask");
            let question = String::from_utf8_lossy(&question[..length]).into_owned();
            assert!(question.starts_with("POST /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:"), "{question}");
            assert!(question.ends_with("Content-Type: text/x\r\nContent-Length: 2\r\n\r\nhi"), "{question}");
            stream.write_all(answer.as_bytes()).await.expect("they listen");
        });
        let site = Site::find(&format!("http://{address}/")).await?;
        let mut connection = site.open(Ipv4Addr::new(127, 64, 0, 9)).await?;
        let (path, body) = ("http://127.0.0.1:1/a?b=c", Some(("text/x", "hi")));
        connection.ask(Question { method: "POST", path, token: None, body }).await
    }

    #[tokio::test]
    async fn an_answer_is_read_by_its_length() {
        let text = "HTTP/1.1 201 Created\r\nLocation: /x\r\ncontent-length: 3\r\n\r\nsdp";
        let answer = answered(text).await.expect("it is HTTP");
        assert_eq!(answer, Answer { status: 201, location: Some("/x".to_owned()), body: b"sdp".to_vec() });
    }

    #[tokio::test]
    async fn an_answer_is_read_in_chunks() {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n";
        assert_eq!(answered(text).await.expect("it is HTTP").body, b"abcde");
    }

    #[tokio::test]
    async fn an_answer_without_a_body_has_none() {
        assert_eq!(answered("HTTP/1.1 204 No Content\r\n\r\n").await.expect("it is HTTP").status, 204);
    }

    #[tokio::test]
    async fn what_is_not_http_is_refused() {
        for text in ["", "nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\nno header\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"] {
            assert!(matches!(answered(text).await, Err(HttpError::Nonsense)), "{text}");
        }
        let huge = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n";
        assert!(matches!(answered(huge).await, Err(HttpError::Nonsense)));
        assert!(matches!(Site::find("https://example.org").await, Err(HttpError::Address(_))));
    }
}
