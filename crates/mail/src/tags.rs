//! The tags of a template, as far as an organizer's words need looking at before they are tried.

/// `{{ … }}` or `{% … %}`, and the line it begins on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    pub(crate) line: usize,
    does: bool,
    inside: &'a str,
}

/// Every tag of the source, in its order; comments are none.
pub(crate) fn tags(source: &str) -> Vec<Tag<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = source[at..].find('{').map(|offset| at + offset) {
        let begin = start + 2;
        let end = match source[start..].get(..2) {
            Some("{{") => end_of(&source[begin..], "}}"),
            Some("{%") => end_of(&source[begin..], "%}"),
            Some("{#") => {
                at = source[begin..].find("#}").map_or(source.len(), |offset| begin + offset + 2);
                continue;
            }
            _ => {
                at = start + 1;
                continue;
            }
        };
        let end = end.map_or(source.len(), |offset| begin + offset);
        let line = source[..start].matches('\n').count() + 1;
        found.push(Tag { line, does: source[start..].starts_with("{%"), inside: &source[begin..end] });
        at = source.len().min(end + 2);
    }
    found
}

/// Where the tag ends, but for the ends within what is quoted.
fn end_of(rest: &str, end: &str) -> Option<usize> {
    unquoted(rest).find(|(at, _)| rest[*at..].starts_with(end)).map(|(at, _)| at)
}

/// The characters outside of quotation marks.
fn unquoted(text: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut quote, mut escaped) = (None, false);
    text.char_indices().filter(move |(_, c)| match quote {
        Some(_) if escaped => {
            escaped = false;
            false
        }
        Some(mark) => {
            escaped = *c == '\\';
            if *c == mark {
                quote = None;
            }
            false
        }
        None if matches!(c, '"' | '\'') => {
            quote = Some(*c);
            false
        }
        None => true,
    })
}

const MAY_DO: [&str; 6] = ["if", "elif", "else", "endif", "for", "endfor"];

impl Tag<'_> {
    /// The names and words in it, without what is quoted.
    pub(crate) fn words(&self) -> Vec<String> {
        let bare: String = unquoted(self.inside).map(|(_, c)| c).collect();
        bare.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    /// What speaks against it. Nothing may be taken from elsewhere, and nothing may grow: without names for what was made, and without sums and
    /// products of texts, words stay about as long as they are written.
    pub(crate) fn refused(&self) -> Option<String> {
        let words = self.words();
        if self.does {
            let first = words.first().map_or("", String::as_str);
            if !MAY_DO.contains(&first) {
                return Some(format!("there may be if and for, but not {first:?}"));
            }
        }
        if words.iter().any(|word| word == "recursive") {
            return Some("a list cannot be recursive".to_owned());
        }
        // A sign at either end is about blanks.
        let inside = self.inside.trim_start_matches(['-', '+']).trim_end_matches(['-', '+']);
        let sign = unquoted(inside).map(|(_, c)| c).find(|c| matches!(c, '~' | '*' | '+' | '{'))?;
        Some(format!("{sign:?} cannot be used between {{ and }}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_with_their_lines() {
        let found = tags("a {{ reader | first_name }}\n{# {{ not }} #}\n{%- if x == \"%}\" -%}b{% endif %} { {{ y");
        let seen: Vec<(usize, bool, &str)> = found.iter().map(|tag| (tag.line, tag.does, tag.inside.trim())).collect();
        assert_eq!(seen, [(1, false, "reader | first_name"), (3, true, "- if x == \"%}\" -"), (3, true, "endif"), (3, false, "y")]);
        assert_eq!(found[1].words(), ["if", "x"]);
    }

    #[test]
    fn nothing_is_taken_from_elsewhere_and_nothing_grows() {
        for refused in [
            "{% include \"event/it.txt\" %}",
            "{%- import 'x' as y %}",
            "{% extends \"x\" %}",
            "{% macro m() %}",
            "{% set x = 1 %}",
            "{% raw %}",
            "{{ \"x\" * 100000 }}",
            "{{ reader ~ reader }}",
            "{{ reader + reader }}",
            "{{ {\"a\": 1} }}",
            "{% for x in [1] recursive %}",
        ] {
            assert!(tags(refused)[0].refused().is_some(), "{refused}");
        }
        for allowed in ["{{- reader -}}", "{%+ if x %}", "{{ [\"a ~ b\"] | join(\" + \") }}", "{% elif a and b > 1 %}", "{{ a[:3] }}"] {
            assert_eq!(tags(allowed)[0].refused(), None, "{allowed}");
        }
    }
}
