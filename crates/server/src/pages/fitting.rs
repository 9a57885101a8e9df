//! Words cut to the room they have in a drawing, where nothing wraps by itself.
//!
//! Nobody here knows the reader's typeface, so widths are those of a wide one, and what is cut ends in an ellipsis.

const ELLIPSIS: char = '…';

/// On one line, cut where it does not fit.
pub(super) fn fit(text: &str, width: f64, size: f64) -> String {
    if wide(text, size) <= width {
        return text.to_owned();
    }
    let mut left = width - of(ELLIPSIS) * size;
    let fits = |c: &char| {
        left -= of(*c) * size;
        left >= 0.0
    };
    let kept: String = text.chars().take_while(fits).collect();
    // What would join the next letter joins the ellipsis otherwise.
    format!("{}{ELLIPSIS}", kept.trim_end_matches(|c: char| c.is_whitespace() || c == '\u{200d}'))
}

/// On as many lines as it needs, but no more than `lines`; between words, and the last one cut.
pub(super) fn wrapped(text: &str, width: f64, size: f64, lines: usize) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        if rows.len() + 1 >= lines {
            let rest = std::iter::once(word).chain(words).collect::<Vec<_>>().join(" ");
            rows.push(fit(&rest, width, size));
            break;
        }
        let mut row = word.to_owned();
        while let Some(next) = words.next_if(|next| wide(&format!("{row} {next}"), size) <= width) {
            row = format!("{row} {next}");
        }
        rows.push(fit(&row, width, size));
    }
    rows
}

fn wide(text: &str, size: f64) -> f64 {
    text.chars().map(of).sum::<f64>() * size
}

/// A letter's width where its height is one.
fn of(c: char) -> f64 {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0.0,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ';' | ':' | '\'' | '’' | '|' | '!' | ' ' => 0.31,
        'f' | 't' | 'r' | '(' | ')' | '-' => 0.39,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '—' | '…' => 0.9,
        c if c.is_ascii_lowercase() || c.is_ascii_digit() => 0.57,
        // Of other letters some are wide: those of East Asia, and pictures.
        '\u{1100}'.. => 1.05,
        c if c.is_uppercase() => 0.71,
        _ => 0.62,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_left_alone_and_what_does_not_is_cut() {
        assert_eq!(fit("Ada", 100.0, 15.0), "Ada");
        assert_eq!(fit("Bartolomea-Guglielmina", 96.0, 15.0), "Bartolome…");
        assert_eq!(fit("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 80.0, 15.0), "👩‍👩‍👧‍👦…");
        for text in [
            "WWWWWWWWWWWWWWWWWWWW",
            "李李李李李李李李李李",
            "a\u{301}a\u{301}a\u{301}a\u{301}a\u{301}a\u{301}a\u{301}a\u{301}a\u{301}a\u{301}a\u{301}a\u{301}a\u{301}a\u{301}a\u{301}",
            "<script>alert(1)</script>",
        ] {
            let cut = fit(text, 96.0, 15.0);
            assert!(wide(&cut, 15.0) <= 96.0 && cut.ends_with(ELLIPSIS), "{cut}");
        }
        assert_eq!(fit("anything", 1.0, 15.0), "…");
    }

    #[test]
    fn a_name_takes_a_second_line_before_it_is_cut() {
        assert_eq!(wrapped("Ada Neri", 96.0, 15.0, 2), ["Ada Neri"]);
        assert_eq!(wrapped("Alessandra Bonfiglio", 96.0, 15.0, 2), ["Alessandra", "Bonfiglio"]);
        assert_eq!(wrapped("Alessandra Bonfiglio Montefiori", 96.0, 15.0, 2), ["Alessandra", "Bonfiglio…"]);
        assert_eq!(wrapped("Donaudampfschifffahrt Ada", 96.0, 15.0, 2), ["Donaudam…", "Ada"]);
        assert!(wrapped("", 96.0, 15.0, 2).is_empty());
    }
}
