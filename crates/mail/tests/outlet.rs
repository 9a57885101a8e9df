//! How mails leave: into a folder, and to a relay that behaves and misbehaves.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod relay;
mod samples;

use std::sync::Arc;
use std::time::{Duration, Instant};

use convivio_domain::words::MailKind;
use convivio_domain::{EmailAddress, Locale};
use convivio_mail::{Envelope, Failure, MailTarget, Outlet, SendError, Sender, SmtpConfig, build, message_id, render};
use relay::{Relay, chunking, pipelining};
use tokio::net::TcpListener;
use uuid::Uuid;

#[tokio::test]
async fn a_folder_takes_one_file_a_mail() {
    let folder = tempfile::tempdir().unwrap();
    let outlet = Outlet::file(folder.path().join("mail"));
    let (envelope, bytes) = mail();
    let id = Uuid::from_u128(5);
    outlet.send(id, &envelope, &bytes).await.unwrap();
    outlet.send(id, &envelope, &bytes).await.unwrap();

    let names: Vec<String> =
        std::fs::read_dir(folder.path().join("mail")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names, [format!("20260312T090000Z-{id}.eml")], "a second try is the same file, and nothing unfinished is left");
    assert_eq!(std::fs::read(folder.path().join("mail").join(&names[0])).unwrap(), bytes);
}

#[tokio::test]
async fn one_connection_serves_many_mails() {
    let relay = Relay::start(&[]).await;
    let outlet = Outlet::smtp(relay.config());
    for _ in 0..5 {
        send(&outlet).await.unwrap();
    }
    outlet.close().await;
    let seen = relay.seen();
    assert_eq!((seen.connections, seen.messages.len()), (1, 5));
    assert!(!seen.commands.iter().any(|command| command == "NOOP"), "a connection used just now is not asked whether it lives");
    assert_eq!(seen.commands.last().map(String::as_str), Some("QUIT"));
    assert_eq!(seen.messages[0], String::from_utf8(mail().1).unwrap(), "to the last sign, and none added");
    assert!(seen.commands.contains(&"MAIL FROM:<ciao@convivio.example>".to_owned()), "{:?}", seen.commands);
    assert!(seen.commands.contains(&"RCPT TO:<ada@example.org>".to_owned()));
}

#[tokio::test]
async fn mails_at_once_take_connections_of_their_own_and_leave_them() {
    let relay = Relay::start(&[]).await;
    let outlet = Arc::new(Outlet::smtp(relay.config()));
    for _ in 0..2 {
        let sending: Vec<_> = (0..3)
            .map(|_| {
                tokio::spawn({
                    let outlet = outlet.clone();
                    async move { send(&outlet).await }
                })
            })
            .collect();
        for one in sending {
            one.await.unwrap().unwrap();
        }
    }
    let seen = relay.seen();
    assert_eq!(seen.messages.len(), 6);
    assert!(seen.connections <= 3, "{} connections", seen.connections);
}

#[tokio::test]
async fn a_refusal_says_what_it_means_and_costs_no_connection() {
    let cases = [
        ("RCPT", "550 5.1.1 No such mailbox", Failure::Permanent, Some("5.1.1"), true),
        ("RCPT", "550-5.7.1 Not\r\n550 5.7.1 today", Failure::Permanent, Some("5.7.1"), false),
        ("RCPT", "450 4.2.1 Greylisted", Failure::Transient, Some("4.2.1"), false),
        ("MAIL", "452 too many", Failure::Transient, None, false),
        ("DATA", "554 5.6.0 no", Failure::Permanent, Some("5.6.0"), false),
        (".", "451 4.3.0 later", Failure::Transient, Some("4.3.0"), false),
        (".", "552 5.2.2 full", Failure::Permanent, Some("5.2.2"), false),
    ];
    for (at, reply, kind, enhanced, refuses_address) in cases {
        let relay = Relay::start(&[(at, reply)]).await;
        let outlet = Outlet::smtp(relay.config());
        let err = send(&outlet).await.unwrap_err();
        assert_eq!((err.kind, err.code, err.enhanced.as_deref()), (kind, reply[..3].parse().ok(), enhanced), "{reply}");
        assert_eq!(err.refuses_address(), refuses_address, "{reply}");
        send(&outlet).await.unwrap();
        let seen = relay.seen();
        assert_eq!((seen.connections, seen.messages.len()), (1, 1), "{reply}: the next mail goes out on the same connection");
    }
}

#[tokio::test]
async fn dots_at_the_beginning_of_lines_arrive() {
    let relay = Relay::start(&[]).await;
    let message = ".\r\n..\r\n.a\r\n\r\n.\r\n";
    Outlet::smtp(relay.config()).send(Uuid::from_u128(5), &mail().0, message.as_bytes()).await.unwrap();
    assert_eq!(relay.seen().messages, [message]);
}

#[tokio::test]
async fn what_is_no_text_is_handed_to_no_relay() {
    let relay = Relay::start(&[]).await;
    let err = Outlet::smtp(relay.config()).send(Uuid::from_u128(5), &mail().0, b"Subject: \xff\r\n\r\n").await.unwrap_err();
    assert_eq!((err.kind, relay.seen().connections), (Failure::Permanent, 0));
}

#[tokio::test]
async fn a_relay_that_allows_it_hears_everything_before_the_message_in_one_go() {
    let (relay, outlet) = pipelining(&[]).await;
    send(&outlet).await.unwrap();
    send(&outlet).await.unwrap();
    let seen = relay.seen();
    assert_eq!(seen.said(), ["EHLO", "EHLO", "MAIL", "RCPT", "DATA", "MAIL", "RCPT", "DATA"], "lettre asks first, then we");
    assert_eq!(seen.ahead, ["RCPT", "DATA", "RCPT", "DATA"], "they are there before the one before is answered");
    assert_eq!((seen.connections, seen.messages.len()), (1, 2));
}

#[tokio::test]
async fn a_relay_that_does_not_allow_it_hears_one_thing_after_the_other() {
    let relay = Relay::start(&[]).await;
    let outlet = Outlet::smtp(relay.config());
    send(&outlet).await.unwrap();
    send(&outlet).await.unwrap();
    assert_eq!((relay.seen().ahead, relay.seen().messages.len()), (Vec::<String>::new(), 2));
}

#[tokio::test]
async fn of_several_refusals_in_one_go_the_first_counts() {
    // What the relay says to the rest is what it says to commands out of their order: 503.
    for (at, reply, kind, refuses_address) in [
        ("MAIL", "452 too many", Failure::Transient, false),
        ("MAIL", "550 5.7.1 not you", Failure::Permanent, false),
        ("RCPT", "550 5.1.1 No such mailbox", Failure::Permanent, true),
        ("RCPT", "450 4.2.1 Greylisted", Failure::Transient, false),
        ("DATA", "554 5.6.0 no", Failure::Permanent, false),
        ("DATA", "451 4.3.0 later", Failure::Transient, false),
    ] {
        let (relay, outlet) = pipelining(&[(at, reply)]).await;
        let err = send(&outlet).await.unwrap_err();
        assert_eq!((err.kind, err.code, err.refuses_address()), (kind, reply[..3].parse().ok(), refuses_address), "{reply}");
        send(&outlet).await.unwrap();
        let seen = relay.seen();
        assert_eq!(seen.said()[2..], ["MAIL", "RCPT", "DATA", "RSET", "MAIL", "RCPT", "DATA"], "{reply}");
        assert_eq!((seen.connections, seen.messages.len()), (1, 1), "{reply}: the next mail goes out on the same connection");
    }
}

#[tokio::test]
async fn a_message_to_nobody_is_ended_with_a_lone_dot() {
    let refused = ("RCPT", "550 5.1.1 No such mailbox");
    let go_on = ("DATA", "354 go on");
    for end in ["554 5.5.1 No valid recipients", "451 4.3.0 later", "250 as you like"] {
        let (relay, outlet) = pipelining(&[refused, go_on, (".", end)]).await;
        let err = send(&outlet).await.unwrap_err();
        assert_eq!((err.kind, err.code, err.refuses_address()), (Failure::Permanent, Some(550), true), "{end}");
        send(&outlet).await.unwrap();
        let seen = relay.seen();
        assert_eq!(seen.said()[2..], ["MAIL", "RCPT", "DATA", "RSET", "MAIL", "RCPT", "DATA"], "{end}");
        assert_eq!((seen.connections, seen.empty_messages, seen.messages.len()), (1, 1, 1), "{end}");
    }

    let (relay, outlet) = pipelining(&[("MAIL", "452 too many"), ("RCPT", "503 MAIL first"), go_on, (".", "554 no")]).await;
    assert_eq!(send(&outlet).await.unwrap_err().code, Some(452));
    send(&outlet).await.unwrap();
    assert_eq!((relay.seen().connections, relay.seen().empty_messages, relay.seen().messages.len()), (1, 1, 1));

    // A relay that leaves or falls silent over it has refused the reader before.
    for end in ["421 4.3.2 shutting down", "hang up", "silence"] {
        let (relay, outlet) = pipelining(&[refused, go_on, (".", end)]).await;
        assert_eq!(send(&outlet).await.unwrap_err().code, Some(550), "{end}");
        send(&outlet).await.unwrap();
        assert_eq!((relay.seen().connections, relay.seen().messages.len()), (2, 1), "{end}");
    }
}

#[tokio::test]
async fn a_reader_agreed_to_without_a_sender_gets_no_empty_mail() {
    let (relay, outlet) = pipelining(&[("MAIL", "550 5.7.1 not you"), ("RCPT", "250 ok"), ("DATA", "354 go on")]).await;
    assert_eq!(send(&outlet).await.unwrap_err().code, Some(550));
    send(&outlet).await.unwrap();
    let seen = relay.seen();
    assert_eq!((seen.connections, seen.empty_messages, seen.messages.len()), (2, 0, 1));
}

#[tokio::test]
async fn a_relay_that_leaves_in_the_middle_of_its_answers_is_left() {
    for at in ["MAIL", "RCPT", "DATA"] {
        for (fate, code) in [("421 4.3.2 shutting down", Some(421)), ("hang up", None), ("silence", None)] {
            let (relay, outlet) = pipelining(&[(at, fate)]).await;
            let err = send(&outlet).await.unwrap_err();
            assert_eq!((err.kind, err.code), (Failure::Connection, code), "{fate} at {at}");
            send(&outlet).await.unwrap();
            assert_eq!((relay.seen().connections, relay.seen().messages.len()), (2, 1), "{fate} at {at}");
        }
    }
    // What it has refused before stands.
    for (refused, at) in [("MAIL", "RCPT"), ("RCPT", "DATA")] {
        for fate in ["421 4.3.2 shutting down", "hang up", "silence"] {
            let (relay, outlet) = pipelining(&[(refused, "550 5.7.1 no"), (at, fate)]).await;
            let err = send(&outlet).await.unwrap_err();
            assert_eq!((err.kind, err.code), (Failure::Permanent, Some(550)), "{fate} at {at}");
            send(&outlet).await.unwrap();
            assert_eq!((relay.seen().connections, relay.seen().messages.len()), (2, 1), "{fate} at {at}");
        }
    }
}

#[tokio::test]
async fn a_kept_connection_that_has_died_costs_nothing() {
    for at in ["MAIL", "RCPT", "DATA"] {
        for fate in ["421 4.7.0 enough for one connection", "hang up", "silence"] {
            let usual = if at == "DATA" { "354 go on" } else { "250 ok" };
            let (relay, outlet) = pipelining(&[(at, usual), (at, fate)]).await;
            send(&outlet).await.unwrap();
            send(&outlet).await.unwrap();
            assert_eq!((relay.seen().connections, relay.seen().messages.len()), (2, 2), "{fate} at {at}");
        }
    }
}

#[tokio::test]
async fn a_relay_that_takes_a_message_by_its_length_hears_everything_in_one_go() {
    let (relay, outlet) = chunking(&[]).await;
    send(&outlet).await.unwrap();
    let dots = ".\r\n..\r\n.a\r\n\r\n.\r\nQUIT\r\n";
    outlet.send(Uuid::from_u128(5), &mail().0, dots.as_bytes()).await.unwrap();
    outlet.send(Uuid::from_u128(5), &mail().0, b"a\n.\rb").await.unwrap();
    let seen = relay.seen();
    assert_eq!(seen.said()[2..], ["MAIL", "RCPT", "BDAT"].repeat(3));
    assert_eq!(seen.ahead, ["RCPT", "BDAT"].repeat(3), "they are there before the one before is answered");
    let first = String::from_utf8(mail().1).unwrap();
    assert_eq!(seen.messages, [first.as_str(), dots, "a\r\n.\r\nb\r\n"], "as it was written, in whole lines");
    assert_eq!(seen.connections, 1);
}

#[tokio::test]
async fn of_several_refusals_with_the_message_the_first_counts() {
    for (at, reply, kind, refuses_address) in [
        ("MAIL", "452 too many", Failure::Transient, false),
        ("RCPT", "550 5.1.1 No such mailbox", Failure::Permanent, true),
        ("RCPT", "450 4.2.1 Greylisted", Failure::Transient, false),
        ("BDAT", "552 5.2.2 full", Failure::Permanent, false),
        ("BDAT", "451 4.3.0 later", Failure::Transient, false),
    ] {
        let (relay, outlet) = chunking(&[(at, reply)]).await;
        let err = send(&outlet).await.unwrap_err();
        assert_eq!((err.kind, err.code, err.refuses_address()), (kind, reply[..3].parse().ok(), refuses_address), "{reply}");
        send(&outlet).await.unwrap();
        let seen = relay.seen();
        assert_eq!(seen.said()[2..], ["MAIL", "RCPT", "BDAT", "RSET", "MAIL", "RCPT", "BDAT"], "{reply}");
        assert_eq!((seen.connections, seen.messages.len()), (1, 1), "{reply}: the next mail goes out on the same connection");
    }
}

#[tokio::test]
async fn who_takes_the_message_for_its_reader_has_it_and_who_refuses_the_reader_has_not() {
    let taken = ("BDAT", "250 as you like");
    let (_relay, outlet) = chunking(&[("MAIL", "452 too many"), ("RCPT", "250 ok"), taken]).await;
    send(&outlet).await.unwrap();
    let (_relay, outlet) = chunking(&[("RCPT", "450 4.2.1 Greylisted"), taken]).await;
    assert_eq!(send(&outlet).await.unwrap_err().code, Some(450));
}

#[tokio::test]
async fn a_relay_that_leaves_with_the_message_in_hand_may_have_it() {
    for at in ["MAIL", "RCPT", "BDAT"] {
        for fate in ["hang up", "silence"] {
            let (relay, outlet) = chunking(&[(at, fate)]).await;
            let err = send(&outlet).await.unwrap_err();
            assert_eq!((err.kind, err.code), (Failure::Transient, None), "{fate} at {at}");
            send(&outlet).await.unwrap();
            assert_eq!((relay.seen().connections, relay.seen().messages.len()), (2, 1), "{fate} at {at}");
        }
        let (relay, outlet) = chunking(&[(at, "421 4.3.2 shutting down")]).await;
        let err = send(&outlet).await.unwrap_err();
        assert_eq!((err.kind, err.code), (Failure::Connection, Some(421)), "at {at}");
        send(&outlet).await.unwrap();
        assert_eq!((relay.seen().connections, relay.seen().messages.len()), (2, 1), "at {at}");
    }
    // What it has refused before stands.
    for (refused, at) in [("MAIL", "RCPT"), ("RCPT", "BDAT")] {
        for fate in ["421 4.3.2 shutting down", "hang up", "silence"] {
            let (relay, outlet) = chunking(&[(refused, "550 5.7.1 no"), (at, fate)]).await;
            let err = send(&outlet).await.unwrap_err();
            assert_eq!((err.kind, err.code), (Failure::Permanent, Some(550)), "{fate} at {at}");
            send(&outlet).await.unwrap();
            assert_eq!((relay.seen().connections, relay.seen().messages.len()), (2, 1), "{fate} at {at}");
        }
    }
}

#[tokio::test]
async fn after_a_loss_without_a_word_a_relay_is_told_the_message_last() {
    let allows = ("EHLO", "250-relay\r\n250-CHUNKING\r\n250 PIPELINING");
    let (relay, outlet) = chunking(&[("MAIL", "hang up"), allows, allows, ("MAIL", "hang up"), allows, allows]).await;
    assert_eq!(send(&outlet).await.unwrap_err().kind, Failure::Transient);
    assert_eq!(send(&outlet).await.unwrap_err().kind, Failure::Connection, "it has none of the message: it is away");
    send(&outlet).await.unwrap();
    let seen = relay.seen();
    assert_eq!(seen.said(), ["EHLO", "EHLO", "MAIL", "EHLO", "EHLO", "MAIL", "EHLO", "EHLO", "MAIL", "RCPT", "DATA"]);
    assert_eq!((seen.connections, seen.messages.len()), (3, 1));
}

#[tokio::test]
async fn a_limit_of_mails_on_a_connection_costs_nothing_where_it_is_said() {
    let goodbye = "421 4.7.0 enough for one connection";
    for at in ["MAIL", "RCPT"] {
        let (relay, outlet) = chunking(&[(at, "250 ok"), (at, goodbye)]).await;
        send(&outlet).await.unwrap();
        send(&outlet).await.unwrap();
        assert_eq!((relay.seen().connections, relay.seen().messages.len()), (2, 2), "{goodbye} at {at}");
    }
    // Where it is not, the mail may have been taken: the next try is a later one.
    let (relay, outlet) = chunking(&[("MAIL", "250 ok"), ("MAIL", "hang up")]).await;
    send(&outlet).await.unwrap();
    assert_eq!(send(&outlet).await.unwrap_err().kind, Failure::Transient);
    assert_eq!(relay.seen().connections, 1);
}

#[tokio::test]
async fn a_relay_that_will_not_be_asked_twice_hears_one_thing_after_the_other() {
    let relay = Relay::start(&[("EHLO", "250-relay\r\n250 PIPELINING"), ("EHLO", "503 5.5.1 You said so already")]).await;
    send(&Outlet::smtp(relay.config())).await.unwrap();
    assert_eq!((relay.seen().connections, relay.seen().ahead, relay.seen().messages.len()), (1, Vec::new(), 1));
}

#[tokio::test]
async fn a_relay_that_says_goodbye_is_out_of_reach() {
    for at in ["RCPT", "DATA", "."] {
        let relay = Relay::start(&[(at, "421 4.3.2 shutting down")]).await;
        let outlet = Outlet::smtp(relay.config());
        let err = send(&outlet).await.unwrap_err();
        assert_eq!((err.kind, err.code, err.enhanced.as_deref()), (Failure::Connection, Some(421), Some("4.3.2")), "at {at}");
        send(&outlet).await.unwrap();
        assert_eq!(relay.seen().connections, 2);
    }
    for greeting in ["421 busy", "554 no service"] {
        let relay = Relay::start(&[("greeting", greeting)]).await;
        let err = send(&Outlet::smtp(relay.config())).await.unwrap_err();
        assert_eq!(err.kind, Failure::Connection, "{greeting} is not about this mail");
    }
}

#[tokio::test]
async fn a_limit_of_mails_on_a_connection_costs_nothing() {
    // The relay lets one mail through, then says 421 to the next MAIL, or hangs up: a new connection takes over at once.
    for goodbye in ["421 4.7.0 enough for one connection", "hang up"] {
        let relay = Relay::start(&[("MAIL", "250 ok"), ("MAIL", goodbye)]).await;
        let outlet = Outlet::smtp(relay.config());
        send(&outlet).await.unwrap();
        send(&outlet).await.unwrap();
        let seen = relay.seen();
        assert_eq!((seen.connections, seen.messages.len()), (2, 2), "{goodbye}");
    }
}

#[tokio::test]
async fn a_relay_that_is_not_there_or_falls_silent_is_out_of_reach() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = config(listener.local_addr().unwrap().port());
    drop(listener);
    assert_eq!(send(&Outlet::smtp(nobody)).await.unwrap_err().kind, Failure::Connection);

    for at in ["greeting", "MAIL", "DATA", "."] {
        for fate in ["silence", "hang up"] {
            let relay = Relay::start(&[(at, fate)]).await;
            let config = SmtpConfig { command_timeout: Duration::from_millis(200), ..relay.config() };
            let began = Instant::now();
            let err = send(&Outlet::smtp(config)).await.unwrap_err();
            // After the whole message it is a matter of this message: the relay may choke on nothing else.
            let expected = if at == "." { Failure::Transient } else { Failure::Connection };
            assert_eq!((err.kind, err.code), (expected, None), "{fate} at {at}");
            assert!(began.elapsed() < Duration::from_secs(5));
        }
    }
}

#[tokio::test]
async fn no_mail_and_no_password_leave_without_tls_when_it_is_required() {
    let relay = Relay::start(&[]).await;
    let target = MailTarget::parse(&format!("smtp://ada:secret@127.0.0.1:{}?tls=required", relay.port)).unwrap();
    let MailTarget::Smtp(config) = target else { unreachable!() };
    assert_eq!(send(&Outlet::smtp(config)).await.unwrap_err().kind, Failure::Connection);

    let target = MailTarget::parse(&format!("smtps://ada:secret@127.0.0.1:{}", relay.port)).unwrap();
    let MailTarget::Smtp(config) = target else { unreachable!() };
    let config = SmtpConfig { connect_timeout: Duration::from_millis(500), ..config };
    assert_eq!(send(&Outlet::smtp(config)).await.unwrap_err().kind, Failure::Connection);
    let seen = relay.seen();
    assert!(seen.messages.is_empty());
    assert!(!seen.commands.iter().any(|command| command.starts_with("AUTH") || command.starts_with("MAIL")), "{:?}", seen.commands);
}

#[tokio::test]
async fn credentials_are_told_to_the_relay_once_a_connection() {
    let relay = Relay::start(&[]).await;
    let target = MailTarget::parse(&format!("smtp://ada:s%40cret@127.0.0.1:{}", relay.port)).unwrap();
    let MailTarget::Smtp(config) = target else { unreachable!() };
    let outlet = Outlet::smtp(config);
    send(&outlet).await.unwrap();
    send(&outlet).await.unwrap();
    let expected = format!("AUTH PLAIN {}", data_encoding::BASE64.encode(b"\0ada\0s@cret"));
    assert_eq!(relay.seen().commands.iter().filter(|command| **command == expected).count(), 1);

    let relay = Relay::start(&[("AUTH", "535 5.7.8 wrong")]).await;
    let target = MailTarget::parse(&format!("smtp://ada:wrong@127.0.0.1:{}", relay.port)).unwrap();
    let MailTarget::Smtp(config) = target else { unreachable!() };
    let err = send(&Outlet::smtp(config)).await.unwrap_err();
    assert_eq!((err.kind, err.code), (Failure::Connection, Some(535)), "a wrong password of ours is nothing the mail could help");
}

#[test]
fn a_target_is_read_as_operators_write_it() {
    assert_eq!(MailTarget::parse(" file "), Ok(MailTarget::File));
    for (text, host, port, tls) in [
        ("smtp://127.0.0.1:2525", "127.0.0.1", 2525, "None"),
        ("smtp://mail.example.org", "mail.example.org", 25, "None"),
        ("smtp://mail.example.org?tls=required", "mail.example.org", 587, "Required"),
        ("smtp://u:p@mail.example.org:2587/?tls=required", "mail.example.org", 2587, "Required"),
        ("smtps://u:p@mail.example.org", "mail.example.org", 465, "Implicit"),
        ("smtp://[::1]:2525", "::1", 2525, "None"),
    ] {
        let Ok(MailTarget::Smtp(config)) = MailTarget::parse(text) else { panic!("{text}: {:?}", MailTarget::parse(text)) };
        assert_eq!((config.host.as_str(), config.port, format!("{:?}", config.tls).as_str()), (host, port, tls), "{text}");
    }
    for text in [
        "",
        "files",
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://host:99999",
        "smtp://host?tls=maybe",
        "smtp://host?starttls=1",
        "smtp://host/path",
        "smtp://user@host",
        "smtp://:secret@host",
        "smtp://user:secret@mail.example.org",
    ] {
        let err = MailTarget::parse(text).expect_err(text);
        assert!(!err.to_string().contains("secret"), "{err}");
    }
}

#[test]
fn only_what_stays_on_this_machine_is_loopback() {
    for text in ["file", "smtp://127.0.0.1:25", "smtp://localhost:25", "smtp://[::1]:25", "smtp://127.9.9.9"] {
        assert!(MailTarget::parse(text).unwrap().is_loopback(), "{text}");
    }
    for text in ["smtp://mail.example.org", "smtp://10.0.0.1", "smtp://localhost.example.org", "smtp://[2001:db8::1]"] {
        assert!(!MailTarget::parse(text).unwrap().is_loopback(), "{text}");
    }
}

#[test]
fn s9_a_password_is_never_shown() {
    let target = MailTarget::parse("smtps://ada:s3cret@mail.example.org").unwrap();
    let MailTarget::Smtp(config) = target.clone() else { unreachable!() };
    for shown in [format!("{target:?}"), format!("{config:#?}"), format!("{:?}", Outlet::smtp(config))] {
        assert!(shown.contains("mail.example.org") && !shown.contains("s3cret"), "{shown}");
    }
}

async fn send(outlet: &Outlet) -> Result<(), SendError> {
    let (envelope, bytes) = mail();
    outlet.send(Uuid::from_u128(5), &envelope, &bytes).await
}

fn mail() -> (Envelope, Vec<u8>) {
    let email = |text: &str| EmailAddress::parse(text).unwrap();
    let envelope = Envelope {
        from: Sender { name: None, address: email("ciao@convivio.example") },
        reply_to: None,
        to_name: None,
        to: email("ada@example.org"),
        message_id: message_id(b"key", Uuid::from_u128(5), "convivio.example"),
        thread: Vec::new(),
        date: "2026-03-12T09:00:00Z".parse().unwrap(),
        kind: MailKind::Login,
        event: None,
        one_click: None,
    };
    let login = samples::all(Locale::En).into_iter().find(|mail| mail.kind() == MailKind::Login).unwrap();
    let bytes = build(&envelope, &render(&login, Locale::En).unwrap(), Locale::En).unwrap();
    (envelope, bytes)
}

fn config(port: u16) -> SmtpConfig {
    match MailTarget::parse(&format!("smtp://127.0.0.1:{port}")) {
        Ok(MailTarget::Smtp(config)) => config,
        other => panic!("{other:?}"),
    }
}
