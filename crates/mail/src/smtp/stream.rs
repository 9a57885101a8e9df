//! A stream to a relay, in the shape lettre asks for: without Nagle's algorithm, and in TLS where it is to be so from the first byte.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::target::{SmtpConfig, Tls};

pub(super) async fn open(config: &SmtpConfig) -> io::Result<Box<dyn AsyncTokioStream>> {
    let stream = TcpStream::connect((config.host.as_str(), config.port)).await?;
    stream.set_nodelay(true)?;
    if config.tls != Tls::Implicit {
        return Ok(Box::new(stream));
    }
    Ok(Box::new(encrypted(stream, &config.host, trusting_the_web()?).await?))
}

async fn encrypted(stream: TcpStream, host: &str, trust: Arc<ClientConfig>) -> io::Result<Encrypted> {
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    Ok(Encrypted(TlsConnector::from(trust).connect(name, stream).await?))
}

/// The certificates browsers trust, as lettre does for STARTTLS.
fn trusting_the_web() -> io::Result<Arc<ClientConfig>> {
    static CONFIG: LazyLock<Result<Arc<ClientConfig>, rustls::Error>> = LazyLock::new(|| {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        trusting(roots).map(Arc::new)
    });
    CONFIG.clone().map_err(io::Error::other)
}

fn trusting(roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    // The provider is named, because a process may have none installed or two to choose from.
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(ring).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// One that speaks TLS.
#[derive(Debug)]
struct Encrypted(TlsStream<TcpStream>);

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use lettre::transport::smtp::client::AsyncSmtpConnection;
    use lettre::transport::smtp::commands::Data;
    use lettre::transport::smtp::extension::ClientId;
    use rustls::ServerConfig;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    use super::*;
    use crate::dots::dotted;

    /// A certificate for `localhost` and its key, of use for nothing but this test.
    const CERTIFICATE: &[u8] = include_bytes!("../../tests/tls/localhost.cert.der");
    const KEY: &[u8] = include_bytes!("../../tests/tls/localhost.key.der");

    #[tokio::test]
    async fn a_large_mail_goes_through_tls_to_the_relay_we_trust_and_to_no_other() {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(CERTIFICATE)).expect("a certificate");
        let trust = Arc::new(trusting(roots).expect("a client"));

        let port = relay_with_tls().await;
        let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
        let stream = encrypted(stream, "localhost", trust.clone()).await.expect("a handshake");
        let mut connection = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &ClientId::default()).await.expect("a greeting");
        connection.command(Data).await.expect("354");
        let answer = connection.command(dotted(&"0123456789abcdef\r\n".repeat(20_000))).await.expect("250");
        assert_eq!(answer.first_line(), Some("took 360000 bytes"));

        for (host, trust) in [("elsewhere.example", trust), ("localhost", trusting_the_web().expect("a client"))] {
            let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
            encrypted(stream, host, trust).await.expect_err("a certificate of somebody else, or by nobody we know");
        }
    }

    /// It answers EHLO and DATA, and says how large the message was.
    async fn relay_with_tls() -> u16 {
        let ring = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(KEY));
        let config =
            ServerConfig::builder_with_provider(ring).with_safe_default_protocol_versions().expect("versions").with_no_client_auth();
        let config = config.with_single_cert(vec![CertificateDer::from(CERTIFICATE)], key).expect("a certificate and its key");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await?;
                let Ok(stream) = acceptor.accept(stream).await else { continue };
                let mut stream = BufReader::new(stream);
                let mut line = String::new();
                for reply in ["220 relay\r\n", "250 relay\r\n", "354 go on\r\n"] {
                    stream.write_all(reply.as_bytes()).await?;
                    stream.flush().await?;
                    line.clear();
                    stream.read_line(&mut line).await?;
                }
                let mut bytes = line.len();
                while line != ".\r\n" {
                    line.clear();
                    bytes += stream.read_line(&mut line).await?;
                }
                stream.write_all(format!("250 took {} bytes\r\n", bytes - line.len()).as_bytes()).await?;
                stream.flush().await?;
            }
            #[allow(unreachable_code, reason = "it names the error the loop ends with")]
            io::Result::Ok(())
        });
        port
    }
}
