//! How a text goes into a message. lettre would choose as we do, and takes as long over it as over everything else there is to a message: it puts in
//! each line end by itself and encodes sign by sign.

/// Writes the text as it is, where that is plain enough for every relay, and otherwise in quoted-printable (RFC 2045, 6.7). Line ends become CRLF.
/// Before it stand the header that says which, and an empty line.
pub(crate) fn encode(text: &str, message: &mut Vec<u8>) {
    let lines = || text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line).as_bytes());
    let is_short_and_plain = |line: &[u8]| line.len() <= LONGEST_LINE && line.iter().all(|byte| is_plain(*byte) || *byte == b'=');
    let is_plain = text.is_ascii() && lines().all(is_short_and_plain);
    let encoding = if is_plain { "7bit" } else { "quoted-printable" };
    message.extend_from_slice(b"Content-Transfer-Encoding: ");
    message.extend_from_slice(encoding.as_bytes());
    message.extend_from_slice(b"\r\n\r\n");
    for (number, line) in lines().enumerate() {
        if number > 0 {
            message.extend_from_slice(b"\r\n");
        }
        if is_plain {
            message.extend_from_slice(line);
        } else {
            quote(line, message);
        }
    }
}

/// RFC 5321 allows 998 before the line end.
const LONGEST_LINE: usize = 900;
/// RFC 2045 allows 76, and the last is kept for the sign that the line goes on.
const LONGEST_QUOTED: usize = 75;

/// One line, or as many as it takes.
fn quote(line: &[u8], quoted: &mut Vec<u8>) {
    let mut rest = line;
    let mut room = LONGEST_QUOTED;
    while let Some(&first) = rest.first() {
        let fits = &rest[..rest.len().min(room)];
        let plain = fits.iter().position(|byte| !is_plain(*byte)).unwrap_or(fits.len());
        // A blank that ends the line would be lost on the way.
        let plain = if plain == rest.len() && matches!(rest[plain - 1], b' ' | b'\t') { plain - 1 } else { plain };
        if plain > 0 {
            quoted.extend_from_slice(&rest[..plain]);
            rest = &rest[plain..];
            room -= plain;
        } else if room >= 3 && !(is_plain(first) && rest.len() > 1) {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            quoted.extend_from_slice(&[b'=', HEX[usize::from(first >> 4)], HEX[usize::from(first & 15)]]);
            rest = &rest[1..];
            room -= 3;
        } else {
            quoted.extend_from_slice(b"=\r\n");
            room = LONGEST_QUOTED;
        }
    }
}

fn is_plain(byte: u8) -> bool {
    PLAIN[usize::from(byte)]
}

/// Looked up, because every byte of every mail is asked about.
static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        plain[byte as usize] = byte != b'=';
        byte += 1;
    }
    plain[b'\t' as usize] = true;
    plain
};

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> (String, String) {
        let mut message = Vec::new();
        encode(text, &mut message);
        let message = String::from_utf8(message).expect("it is all ASCII");
        let (header, body) = message.split_once("\r\n\r\n").expect("a header and a text");
        let encoding = header.strip_prefix("Content-Transfer-Encoding: ").expect("the header");
        (encoding.to_owned(), body.to_owned())
    }

    /// Read back by another program's decoder.
    fn read(encoded: &str) -> String {
        let mail = format!("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{encoded}");
        let mail = mail_parser::MessageParser::default().parse(mail.as_bytes()).expect("a mail");
        mail.body_text(0).expect("a text").replace("\r\n", "\n")
    }

    #[test]
    fn plain_words_stay_as_they_are() {
        let plain = |text: &str| ("7bit".to_owned(), text.to_owned());
        assert_eq!(said("one = 1\n\n.two\n"), plain("one = 1\r\n\r\n.two\r\n"));
        assert_eq!(said("a\r\nb"), plain("a\r\nb"));
    }

    #[test]
    fn other_words_are_quoted() {
        let quoted = |text: &str| ("quoted-printable".to_owned(), text.to_owned());
        assert_eq!(said("c’è = \nx\t\n"), quoted("c=E2=80=99=C3=A8 =3D=20\r\nx=09\r\n"));
        assert_eq!(said("a\rb\0c\r\n"), quoted("a=0Db=00c\r\n"));
        let long = "a".repeat(1000);
        assert_eq!(said(&long).0, "quoted-printable");
    }

    #[test]
    fn whatever_is_quoted_is_read_as_it_was() {
        for filler in ["a", "=", "è", "a ", " ", "“x” ", "\u{1f600}"] {
            for many in 0..240 {
                let text = format!("à{}\n{}ù ", "-".repeat(many % 80), filler.repeat(many));
                let (_, quoted) = said(&text);
                assert!(quoted.split("\r\n").all(|line| line.len() <= 76 && !line.ends_with(' ') && line.is_ascii()), "{quoted}");
                assert_eq!(read(&quoted), text, "{quoted}");
            }
        }
    }
}
