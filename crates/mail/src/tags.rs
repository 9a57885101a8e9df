//! The tags of a template, as far as an organizer's words need looking at before they are tried.

/// `{{ … }}` or `{% … %}`, and the line it begins on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    pub(crate) line: usize,
    does: bool,
    /// Whether it is the whole address of a link: `[words]({{ … }})`.
    is_address: bool,
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
        let is_address = source[..start].ends_with("](") && source.get(end + 2..).is_some_and(|rest| rest.starts_with(')'));
        found.push(Tag { line, does: source[start..].starts_with("{%"), is_address, inside: &source[begin..end] });
        at = source.len().min(end + 2);
    }
    found
}

/// Where the tag ends, but for the ends within what is quoted.
fn end_of(rest: &str, end: &str) -> Option<usize> {
    unquoted(rest).find(|(at, _)| rest[*at..].starts_with(end)).map(|(at, _)| at)
}

fn is_of_a_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.')
}

/// Where the word stands by itself.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let alone = |at: &usize| !text[..*at].ends_with(is_of_a_word) && !text[at + word.len()..].starts_with(is_of_a_word);
    text.match_indices(word).map(|(at, _)| at).find(alone)
}

/// The name of a fact, or some of it: `prompt.recall.people[:3]`.
fn is_a_fact(text: &str) -> bool {
    let (name, some) = match text.split_once('[') {
        Some((name, some)) => (name, some.strip_suffix(']')),
        None => (text, Some("")),
    };
    let is_slice = |some: &str| some.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '-' | ' '));
    !name.is_empty() && name.chars().all(is_of_a_word) && some.is_some_and(is_slice)
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
        self.bare().split(|c: char| !is_of_a_word(c)).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    /// What is in it, with a quotation mark for all that is quoted, and without the signs about blanks at its ends.
    fn bare(&self) -> String {
        let (mut bare, mut end) = (String::new(), 0);
        for (at, c) in unquoted(self.inside) {
            if at != end {
                bare.push('"');
            }
            bare.push(c);
            end = at + c.len_utf8();
        }
        if end != self.inside.len() {
            bare.push('"');
        }
        bare.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '+')).to_owned()
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
        if self.does && words.first().is_some_and(|first| first == "for") && !self.goes_through_a_fact() {
            return Some("for goes through what the mail has, such as {% for passion in passions[:3] %}".to_owned());
        }
        // A sign at either end is about blanks.
        let inside = self.inside.trim_start_matches(['-', '+']).trim_end_matches(['-', '+']);
        let sign = unquoted(inside).map(|(_, c)| c).find(|c| matches!(c, '~' | '*' | '+' | '{'))?;
        Some(format!("{sign:?} cannot be used between {{ and }}"))
    }

    /// A list that is made on the spot would give what was made a name, and so make more of it.
    fn goes_through_a_fact(&self) -> bool {
        let bare = self.bare();
        let Some(at) = find_word(&bare, "in") else { return false };
        let through = &bare[at + "in".len()..];
        let through = &through[..find_word(through, "if").unwrap_or(through.len())];
        is_a_fact(through.trim())
    }

    /// What speaks against its place, if one of these links is in it. A link lets in whoever has it: it may be followed and asked for, but not read,
    /// taken apart or carried elsewhere.
    pub(crate) fn misplaced(&self, links: &[&str]) -> Option<String> {
        let words = self.words();
        let link = words.iter().flat_map(|word| word.split('.')).find(|part| links.contains(part))?;
        let bare = self.bare();
        let is_followed = !self.does && self.is_address && bare == link;
        let asks = self.does && words.first().is_some_and(|first| matches!(first.as_str(), "if" | "elif"));
        let is_asked_for = asks
            && !words.iter().any(|word| word == "in")
            && bare.chars().all(|c| is_of_a_word(c) || c.is_whitespace() || "()".contains(c));
        let detail = format!("{link} is the whole address of a link or nothing: [words]({{{{ {link} }}}})");
        (!is_followed && !is_asked_for).then_some(detail)
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
            "{% for x in [reader, reader] %}",
            "{% for x in [[reader, reader] | join] %}",
            "{%- for x in(passions)-%}",
            "{% for x in passions, needs %}",
            "{% for x in passions | join %}",
            "{% for x in passions[[reader]] %}",
            "{% for x in\"\"or[[reader] | join]if y in passions %}",
            "{% for x in \"words\" %}",
        ] {
            assert!(tags(refused)[0].refused().is_some(), "{refused}");
        }
        for allowed in [
            "{{- reader -}}",
            "{%+ if x %}",
            "{{ [\"a ~ b\"] | join(\" + \") }}",
            "{% elif a and b > 1 %}",
            "{{ a[:3] }}",
            "{%- for x in passions -%}",
            "{% for a, b in prompt.recall.people[1:3] %}",
            "{% for x in needs if x in passions %}",
        ] {
            assert_eq!(tags(allowed)[0].refused(), None, "{allowed}");
        }
    }

    #[test]
    fn a_link_is_followed_or_asked_for_and_nothing_else() {
        let misplaced = |source: &str| tags(source).iter().find_map(|tag| tag.misplaced(&["in_link", "stop_link"]));
        for refused in [
            "{{ in_link }}",
            "[x](https://evil.example/?t={{ in_link }})",
            "[x]({{ in_link }}/more)",
            "[x]({{ in_link | upper }})",
            "[x]({{ in_link[:9] }})",
            "[x]({{ reader if true else in_link }})",
            "[{{ in_link }}](https://evil.example/)",
            "{% for c in in_link %}",
            "{% if in_link[0] == \"q\" %}",
            "{% if \"q\" in in_link %}",
            "{% if in_link < reader %}",
            "{% if in_link | length %}",
        ] {
            assert!(misplaced(refused).is_some(), "{refused}");
        }
        for allowed in [
            "[x]({{ in_link }})",
            "[x]({{- stop_link -}})",
            "{% if stop_link is not none %}[x]({{ stop_link }}){% endif %}",
            "{%- if in_link and (reader or not stop_link is defined) -%}",
            "{{ \"in_link\" }} {{ prompt.action.link }}",
        ] {
            assert_eq!(misplaced(allowed), None, "{allowed}");
        }
    }
}
