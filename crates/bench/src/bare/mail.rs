//! A bare loop that sends mail with lettre: each mail is built and handed over, and nothing is looked up, checked or written down.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use lettre::message::{MultiPart, SinglePart};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::net::TcpStream;

/// How lettre is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A connection for each worker, over a stream with TCP_NODELAY.
    NoDelay,
    /// Its pool of connections, as it comes.
    Pool,
}

/// What every mail says. Only the recipient differs.
#[derive(Clone, Debug)]
pub struct Words {
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Words {
    fn to(&self, number: usize) -> anyhow::Result<Message> {
        let words =
            MultiPart::alternative().singlepart(SinglePart::plain(self.text.clone())).singlepart(SinglePart::html(self.html.clone()));
        Ok(Message::builder()
            .from("Bench <events@example.org>".parse()?)
            .to(format!("Guest <p{number}@seed.example.org>").parse()?)
            .subject(self.subject.clone())
            .multipart(words)?)
    }
}

/// Sends so many mails, `concurrency` at a time, and tells how long that took.
pub async fn send(way: Way, relay: SocketAddr, words: Words, mails: usize, concurrency: usize) -> anyhow::Result<Duration> {
    let (words, next) = (Arc::new(words), Arc::new(AtomicUsize::new(0)));
    let pool = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(relay.ip().to_string())
        .port(relay.port())
        .pool_config(PoolConfig::new().max_size(u32::try_from(concurrency)?))
        .build();
    let begun = Instant::now();
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..concurrency {
        let (words, next, pool) = (words.clone(), next.clone(), pool.clone());
        workers.spawn(async move {
            let number = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < mails);
            match way {
                Way::Pool => {
                    while let Some(number) = number() {
                        pool.send(words.to(number)?).await?;
                    }
                }
                Way::NoDelay => {
                    let stream = TcpStream::connect(relay).await?;
                    stream.set_nodelay(true)?;
                    let mut connection = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &ClientId::default()).await?;
                    while let Some(number) = number() {
                        let mail = words.to(number)?;
                        connection.send(mail.envelope(), &mail.formatted()).await?;
                    }
                    connection.quit().await?;
                }
            }
            anyhow::Ok(())
        });
    }
    while let Some(ended) = workers.join_next().await {
        ended??;
    }
    Ok(begun.elapsed())
}
