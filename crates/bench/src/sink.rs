//! An SMTP server that takes every mail, keeps the first, and counts: as little work as a relay can have.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A verb of this server's own: how many mails it has taken.
const COUNT: &str = "XCOUNT";

/// Serves until the process ends. Each mail is taken after `latency`, and the first is written to `keep`.
pub async fn serve(listener: TcpListener, latency: Duration, keep: &Path) -> anyhow::Result<()> {
    let (taken, keep): (Arc<AtomicU64>, Arc<Path>) = (Arc::default(), keep.into());
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (taken, keep) = (taken.clone(), keep.clone());
        // A client that hangs up ends its conversation and nothing else.
        tokio::spawn(async move { talk(stream, latency, &keep, &taken).await });
    }
}

async fn talk(stream: TcpStream, latency: Duration, keep: &Path, taken: &AtomicU64) -> anyhow::Result<()> {
    let mut stream = BufReader::with_capacity(32 * 1024, stream);
    let (mut line, mut mail, mut answers) = (String::new(), Vec::new(), b"220 sink ESMTP\r\n".to_vec());
    loop {
        // What was asked in one go is answered in one go.
        if !stream.buffer().contains(&b'\n') {
            stream.write_all(&answers).await?;
            answers.clear();
        }
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.trim_end().to_ascii_uppercase();
        let answer: &[u8] = match verb.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => b"250-sink\r\n250-PIPELINING\r\n250-CHUNKING\r\n250-SIZE 52428800\r\n250-SMTPUTF8\r\n250 8BITMIME\r\n",
            "HELO" | "MAIL" | "RCPT" | "RSET" | "NOOP" => b"250 2.0.0 ok\r\n",
            "DATA" => {
                answers.extend_from_slice(b"354 go on\r\n");
                stream.write_all(&answers).await?;
                answers.clear();
                read_mail(&mut stream, &mut mail).await?;
                take(&mail, latency, keep, taken).await?
            }
            "BDAT" => {
                let length = verb.split(' ').nth(1).context("BDAT says how long the mail is")?.parse()?;
                mail.resize(length, 0);
                stream.read_exact(&mut mail).await?;
                take(&mail, latency, keep, taken).await?
            }
            COUNT => {
                answers.extend_from_slice(format!("250 {}\r\n", taken.load(Ordering::Relaxed)).as_bytes());
                continue;
            }
            "QUIT" => {
                answers.extend_from_slice(b"221 2.0.0 goodbye\r\n");
                stream.write_all(&answers).await?;
                return Ok(());
            }
            _ => b"502 5.5.1 unknown\r\n",
        };
        answers.extend_from_slice(answer);
    }
}

/// Counts the mail, and says that it is taken.
async fn take(mail: &[u8], latency: Duration, keep: &Path, taken: &AtomicU64) -> anyhow::Result<&'static [u8]> {
    if taken.fetch_add(1, Ordering::Relaxed) == 0 {
        tokio::fs::write(keep, mail).await?;
    }
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    Ok(b"250 2.0.0 taken\r\n")
}

/// Up to the line that holds a dot alone, which is not part of it.
async fn read_mail(stream: &mut BufReader<TcpStream>, mail: &mut Vec<u8>) -> anyhow::Result<()> {
    const END: &[u8] = b"\r\n.\r\n";
    let mut some = [0; 16 * 1024];
    mail.clear();
    loop {
        let read = stream.read(&mut some).await?;
        if read == 0 {
            bail!("the client hung up in the middle of a mail");
        }
        mail.extend_from_slice(&some[..read]);
        // The client waits for our answer, so nothing comes after the dot.
        if mail.ends_with(END) {
            mail.truncate(mail.len() - ".\r\n".len());
            return Ok(());
        }
    }
}

/// How many mails the server there has taken.
pub async fn count(address: std::net::SocketAddr) -> anyhow::Result<u64> {
    let mut stream = BufReader::new(TcpStream::connect(address).await?);
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    stream.write_all(format!("{COUNT}\r\n").as_bytes()).await?;
    line.clear();
    stream.read_line(&mut line).await?;
    let number = line.strip_prefix("250 ").context("it does not count")?;
    Ok(number.trim_end().parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn hear(stream: &mut TcpStream, expected: &str) {
        let mut some = [0; 1024];
        let read = stream.read(&mut some).await.expect("a connection");
        assert_eq!(String::from_utf8_lossy(&some[..read]), expected);
    }

    #[tokio::test]
    async fn what_is_asked_in_one_go_is_answered_in_one_go() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let keep = std::env::temp_dir().join(format!("convivio-sink-{}.eml", address.port()));
        tokio::spawn({
            let keep = keep.clone();
            async move { serve(listener, Duration::ZERO, &keep).await }
        });
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        hear(&mut stream, "220 sink ESMTP\r\n").await;
        // What is only half there is not waited for.
        for half in ["RSET\r\nMAIL FROM:<a", "@b.org>\r\n"] {
            stream.write_all(half.as_bytes()).await.expect("a connection");
            hear(&mut stream, "250 2.0.0 ok\r\n").await;
        }
        stream.write_all(b"RCPT TO:<c@d.org>\r\nDATA\r\n").await.expect("a connection");
        hear(&mut stream, "250 2.0.0 ok\r\n354 go on\r\n").await;
        stream.write_all(b"Hi\r\n.\r\n").await.expect("a connection");
        hear(&mut stream, "250 2.0.0 taken\r\n").await;
        // The message too, where its length is told.
        stream.write_all(b"MAIL FROM:<a@b.org>\r\nRCPT TO:<c@d.org>\r\nBDAT 7 LAST\r\nHi\r\n.\r\nNOOP\r\n").await.expect("a connection");
        hear(&mut stream, "250 2.0.0 ok\r\n250 2.0.0 ok\r\n250 2.0.0 taken\r\n250 2.0.0 ok\r\n").await;
        assert_eq!(count(address).await.expect("a number"), 2);
        assert_eq!(std::fs::read(&keep).expect("the first mail"), b"Hi\r\n");
        std::fs::remove_file(&keep).expect("it is there");
    }
}
