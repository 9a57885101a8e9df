//! A message as a relay is handed it (RFC 5321, 4.5.2). lettre would go through it sign by sign and write the end by itself.

use std::borrow::Cow;

/// With a second dot before each line that begins with one, and the lone dot that says the message is over.
pub(crate) fn dotted(message: &str) -> String {
    let message = with_whole_line_ends(message);
    let mut dotted = String::with_capacity(message.len() + 64);
    for line in message.split_inclusive('\n') {
        if line.starts_with('.') {
            dotted.push('.');
        }
        dotted.push_str(line);
    }
    dotted.push_str(".\r\n");
    dotted
}

/// Each line ends in CRLF, the last one too. A relay that takes a lone CR or LF for a line end could else be told from inside of a message that it is
/// over, and that what follows is another of ours ("SMTP smuggling"). What `build` makes has no such line end.
pub(crate) fn with_whole_line_ends(message: &str) -> Cow<'_, str> {
    let bytes = message.as_bytes();
    // Without a branch, to the very end: so the processor takes many at once.
    let is_torn = |torn: bool, (one, next): (&u8, &u8)| torn | ((*one == b'\r') != (*next == b'\n'));
    if bytes.ends_with(b"\r\n") && bytes[0] != b'\n' && !bytes.iter().zip(&bytes[1..]).fold(false, is_torn) {
        return Cow::Borrowed(message);
    }
    let mut lines = message.replace("\r\n", "\n").replace('\r', "\n");
    if !lines.ends_with('\n') {
        lines.push('\n');
    }
    Cow::Owned(lines.replace('\n', "\r\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_at_the_beginning_of_a_line_is_doubled() {
        for (message, sent) in [
            ("Hi.\r\n\r\nè.\r\n", "Hi.\r\n\r\nè.\r\n.\r\n"),
            (".\r\n", "..\r\n.\r\n"),
            ("a\r\n.b\r\n..\r\n", "a\r\n..b\r\n...\r\n.\r\n"),
            ("no end", "no end\r\n.\r\n"),
            ("", "\r\n.\r\n"),
        ] {
            assert_eq!(dotted(message), sent, "{message:?}");
        }
    }

    #[test]
    fn half_a_line_end_becomes_a_whole_one() {
        for (message, sent) in [
            ("a\n.\nb\r\n", "a\r\n..\r\nb\r\n.\r\n"),
            ("a\r.\rb\r", "a\r\n..\r\nb\r\n.\r\n"),
            ("a\r\n.\rb\r\n", "a\r\n..\r\nb\r\n.\r\n"),
            ("a\n\r.b\r\r\n", "a\r\n\r\n..b\r\n\r\n.\r\n"),
            ("\n.\r\n", "\r\n..\r\n.\r\n"),
        ] {
            assert_eq!(dotted(message), sent, "{message:?}");
        }
    }

    #[test]
    fn nothing_in_a_message_ends_it() {
        for message in every_text() {
            let sent = dotted(&message);
            assert!(sent.ends_with("\r\n.\r\n"), "{message:?}: {sent:?}");
            assert!(!sent.replace("\r\n", "").contains(['\r', '\n']), "{message:?}: {sent:?}");
            assert_eq!(sent.split("\r\n").filter(|line| *line == ".").count(), 1, "{message:?}: {sent:?}");
        }
    }

    #[test]
    fn the_reader_gets_what_was_written() {
        for text in every_text() {
            let message = text.replace('\r', "").replace('\n', "\r\n") + "\r\n";
            let sent = dotted(&message);
            // As RFC 5321 tells a relay to read it.
            let lines = sent.strip_suffix(".\r\n").expect("an end").split_inclusive("\r\n");
            let read: String = lines.map(|line| line.strip_prefix('.').unwrap_or(line)).collect();
            assert_eq!(read, message);
        }
    }

    /// All there are of up to six of the signs that matter.
    fn every_text() -> impl Iterator<Item = String> {
        const SIGNS: [char; 4] = ['.', '\r', '\n', 'a'];
        let of_length = |length: u32| {
            let sign = |number: usize, at: u32| SIGNS[number / SIGNS.len().pow(at) % SIGNS.len()];
            (0..SIGNS.len().pow(length)).map(move |number| (0..length).map(|at| sign(number, at)).collect::<String>())
        };
        (0..=6).flat_map(of_length)
    }
}
