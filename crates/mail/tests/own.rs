//! Words of an organizer's own: what is kept, what is refused and why, and what could be better.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod samples;

use convivio_domain::words::MailKind;
use convivio_domain::{FreeText, Line, Locale, MailText, PersonName};
use convivio_mail::own::{self, Fault, Part, Words};
use convivio_mail::{Mail, lint, render, sample};

use samples::ELSEWHERE;

#[test]
fn shipped_words_can_be_fetched_and_put_back() {
    for &locale in Locale::ALL {
        for mail in samples::all(locale) {
            let kind = mail.kind();
            let (subject, text) = own::shipped(kind, locale);
            assert_eq!(Line::parse(&subject).unwrap().as_str(), subject);
            assert_eq!(MailText::parse(&text).unwrap().as_str(), text);
            let words = Words { subject: &subject, text: &text };
            assert_eq!(own::faults(&mail, locale, words), [], "{kind} {locale}");
            assert_eq!(own::render(&mail, locale, words).unwrap(), render(&mail, locale).unwrap(), "{kind} {locale}");
            assert_eq!(lint(&mail, locale, words), [], "{kind} {locale}");
        }
    }
}

#[test]
fn every_variable_of_the_list_is_there_and_the_links_are_required() {
    let variables = own::variables(&sample(MailKind::F1, Locale::En, ELSEWHERE), Locale::En);
    let required: Vec<&str> = variables.iter().filter(|one| one.required).map(|one| one.name.as_str()).collect();
    assert_eq!(required, ["guide_link", "in_link", "prompt.opening", "prompt_link", "stop_link"]);
    for name in ["reader", "event.title", "prompt.action.text"] {
        let found = variables.iter().find(|one| one.name == name).unwrap();
        assert!(found.meaning.is_some() && !found.required, "{found:?}");
    }
    assert!(own::variables(&sample(MailKind::Confirmed, Locale::It, ELSEWHERE), Locale::It).iter().all(|one| one.name != "appointment"));
}

/// A confirmation that says little, and enough.
const GOOD: &str = "Ciao {{ reader | first_name }},\n\nti aspettiamo.\n\n[La tua pagina]({{ in_link }})";

fn faults(subject: &str, text: &str) -> Vec<Fault> {
    own::faults(&sample(MailKind::Confirmed, Locale::It, ELSEWHERE), Locale::It, Words { subject, text })
}

fn fault(text: &str) -> Fault {
    let mut faults = faults("Il posto è tuo", text);
    assert!(!faults.is_empty(), "nobody minds {text}");
    faults.remove(0)
}

#[test]
fn broken_words_are_refused_with_the_line() {
    assert_eq!(faults("Il posto è tuo: {{ event.title }}", GOOD), []);
    for (code, wrong) in [
        ("broken_template", format!("{GOOD}\n{{{{ reader")),
        ("broken_template", format!("{GOOD}\n{{% if passions %}}")),
        ("broken_template", format!("{GOOD}\n{{{{ reader | shout }}}}")),
        ("unknown_variable", format!("{GOOD}\n{{{{ event.titel }}}}")),
        ("unknown_variable", format!("{GOOD}\n{{% if false %}}{{{{ nobody }}}}{{% endif %}}")),
        ("unknown_variable", format!("{GOOD}\n{{{{ event.place }}}}")),
        ("broken_template", format!("{GOOD}\n[Qui](javascript:alert(1))")),
        ("broken_template", format!("{GOOD}\n| senza due punti")),
        ("broken_template", format!("{GOOD}\n{{% include \"event/it.txt\" %}}")),
        ("missing_variable", GOOD.replace("{{ in_link }}", "https://example.org/")),
        ("missing_variable", GOOD.replace("[La", "{% if event.place is not none %}[La").replace("})", "}){% endif %}")),
    ] {
        let fault = fault(&wrong);
        assert_eq!((fault.part, fault.code), (Part::Text, code), "{wrong}: {fault}");
    }
    let in_subject = faults("{{ titolo }}", GOOD);
    assert_eq!((in_subject[0].part, in_subject[0].code), (Part::Subject, "unknown_variable"));
    assert_eq!(faults("{% if false %}x{% endif %}", GOOD)[0].code, "too_short");
}

#[test]
fn the_line_of_a_mistake_is_the_one_that_was_written() {
    assert_eq!(fault(&format!("{GOOD}\n{{{{ event.titel }}}}")).line, Some(6));
    assert_eq!(fault(&format!("uno\n{{{{ event.place }}}}\n{GOOD}")).line, Some(2));
    assert_eq!(fault(&format!("uno\n| senza due punti\n{GOOD}")).line, Some(2));
    assert_eq!(fault(&format!("{{% set x = 1 %}}\n{GOOD}")).line, Some(1));
}

#[test]
fn words_come_to_an_end() {
    let long = "{% for a in passions %}".repeat(12) + "x" + &"{% endfor %}".repeat(12);
    assert_eq!(fault(&format!("{GOOD}\n{long}")).code, "too_long", "three times over, twelve deep");
    let wide = format!("{{{{ [{}] | join }}}}", vec!["event.title"; 2000].join(","));
    assert_eq!(fault(&format!("{GOOD}\n{wide}")).code, "too_long");
    let named = format!("[[{}] | join]", ["reader"; 10].join(","));
    let named = format!("{{% for b in {named} %}}{{% for c in [[b,b,b,b,b,b,b,b,b,b] | join] %}}{{{{ c }}}}{{% endfor %}}{{% endfor %}}");
    assert_eq!(fault(&format!("{GOOD}\n{named}")).code, "broken_template", "each name holds ten times as much");
    let between = (0..20).fold("\"x\"".to_owned(), |between, _| format!("[1,1,1,1,1,1,1,1,1,1] | join({between})"));
    for whole in [format!("{{{{ {between} }}}}"), format!("{{% if {between} == \"x\" %}}y{{% endif %}}")] {
        assert_eq!(fault(&format!("{GOOD}\n{whole}")).code, "too_long", "nine times as long, twenty times over");
    }
    let grown = "{{ reader | upper | lower }}".repeat(300);
    assert_eq!(faults("Il posto è tuo", &format!("{GOOD}\n{grown}")), []);
}

#[test]
fn a_follow_up_says_whom_the_reader_met_and_how_to_stop() {
    let mail = sample(MailKind::F2, Locale::En, ELSEWHERE);
    let (subject, text) = own::shipped(MailKind::F2, Locale::En);
    for (without, name) in [("{{ prompt.opening }}", "prompt.opening"), ("[Stop all mails like this]({{ stop_link }})", "stop_link")] {
        assert!(text.contains(without), "{text}");
        let faults = own::faults(&mail, Locale::En, Words { subject: &subject, text: &text.replace(without, "") });
        assert!(faults.len() == 1 && faults[0].code == "missing_variable" && faults[0].detail.contains(name), "{faults:?}");
    }
}

#[test]
fn sr_42_an_introduction_is_neither_hidden_nor_without_an_address() {
    for locale in Locale::ALL {
        for (kind, name) in [
            (MailKind::F2, "introductions_link"),
            (MailKind::F6, "introductions_link"),
            (MailKind::C, "introductions_link"),
            (MailKind::Introduction, "address"),
        ] {
            let mail = sample(kind, *locale, ELSEWHERE);
            assert!(own::variables(&mail, *locale).iter().any(|one| one.name == name && one.required && one.meaning.is_some()), "{kind}");
            let (subject, text) = own::shipped(kind, *locale);
            let written = format!("{{{{ {name} }}}}");
            assert!(text.contains(&written), "{text}");
            let without = text.replace(&written, "https://example.org/");
            let faults = own::faults(&mail, *locale, Words { subject: &subject, text: &without });
            assert!(faults.len() == 1 && faults[0].code == "missing_variable" && faults[0].detail.contains(name), "{kind}: {faults:?}");
        }
        let introduction = own::variables(&sample(MailKind::Introduction, *locale, ELSEWHERE), *locale);
        assert!(introduction.iter().all(|one| one.meaning.is_some()), "{introduction:?}");
    }
}

/// Whoever has such a link is the reader, as far as Convivio can tell.
#[test]
fn r18_a_link_that_lets_in_is_told_to_nobody_else() {
    let elsewhere = "https://evil.example/";
    for (subject, wrong) in [
        ("x", format!("{GOOD}\n[Qui]({elsewhere}?t={{{{ in_link }}}})")),
        ("x", format!("{GOOD}\n[Qui]({elsewhere}?]({{{{ in_link }}}})")),
        ("x", format!("{GOOD}\n\nVai a {elsewhere}?t={{{{ in_link }}}}")),
        ("x", format!("{GOOD}\n\nVai a {elsewhere}?]({{{{ in_link }}}})")),
        ("x", format!("{GOOD}\n{{% for c in in_link %}}{{% if c == \"a\" %}}a{{% endif %}}{{% endfor %}}")),
        ("{{ in_link }}", GOOD.to_owned()),
        ("]({{ in_link }})", GOOD.to_owned()),
    ] {
        let mail = sample(MailKind::Confirmed, Locale::It, ELSEWHERE);
        let words = Words { subject, text: &wrong };
        let faults = own::faults(&mail, Locale::It, words);
        let refused = faults.first().map(|fault| fault.code);
        assert!(matches!(refused, Some("misplaced_link" | "broken_template")), "{subject} {wrong}: {faults:?}");
        assert!(own::render(&mail, Locale::It, words).is_err(), "words that were kept before are not said either: {wrong}");
    }
    let asked = format!("{GOOD}\n{{% if in_link is defined %}}\n[Ancora]({{{{- in_link -}}}})\n{{% endif %}}");
    assert_eq!(faults("x", &asked), []);
    assert_eq!(fault(&format!("{GOOD}\n[Qui]({elsewhere}?n={{{{ reader }}}})")).code, "broken_template", "nor is anything else");
}

#[test]
fn r18_what_people_write_stays_text_in_own_words_too() {
    for hostile in ["# headline", "[x](https://evil.example/)", "---", "<script>alert(1)</script>", "{{ in_link }}"] {
        let Mail::Method(mut method) = sample(MailKind::A1, Locale::En, ELSEWHERE) else { panic!("a sample of A1") };
        method.reader = PersonName::parse(hostile).unwrap();
        method.how_we_meet = Some(FreeText::parse(&format!("x\n\n---\n{hostile}\n\n[x](https://evil.example/)")).unwrap());
        let text = "{{ reader }}\n\n{{ how_we_meet }}\n\n<b>bold</b>\n\n[Page]({{ in_link }})\n---\n[Read]({{ guide_link }})";
        let said = own::render(&Mail::Method(method), Locale::En, Words { subject: "{{ reader }}", text }).unwrap();
        assert!(
            !said.html.contains("href=\"https://evil") && !said.html.contains("<script") && !said.html.contains("<b>"),
            "{}",
            said.html
        );
        assert_eq!(said.html.matches("class=\"button\"").count(), 1);
        assert!(said.text.contains(hostile) && said.text.contains("<b>bold</b>"), "{}", said.text);
    }
}

#[test]
fn sr_35_words_that_could_be_to_anybody_are_pointed_out() {
    let mail = sample(MailKind::F1, Locale::En, ELSEWHERE);
    let (subject, text) = own::shipped(MailKind::F1, Locale::En);
    let text = text.replace("{{ reader | first_name }}", "there").replace("{{ prompt.action.text }}", "I hope this\nfinds you well.");
    let found = lint(&mail, Locale::En, Words { subject: &subject, text: &text });
    assert_eq!(found.iter().map(|one| one.code).collect::<Vec<_>>(), ["generic_phrase", "no_name"], "{found:?}");
    let line = text.lines().position(|line| line.contains("I hope this")).unwrap() + 1;
    assert_eq!(found[0].line, Some(line));
}

#[test]
fn sr_47_selling_is_pointed_out_in_both_languages() {
    for (locale, subject, sells) in [
        (Locale::En, "Don’t miss out", "An exclusive offer: a 20% Discount, for a limited\ntime."),
        (Locale::It, "Non perdere", "Uno SCONTO per te: offerta a tempo\nlimitato, iscriviti subito."),
    ] {
        let mail = sample(MailKind::Confirmed, locale, ELSEWHERE);
        let text = format!("{sells}\n\n[x]({{{{ in_link }}}})");
        let found = lint(&mail, locale, Words { subject, text: &text });
        assert!(found.len() >= 4 && found.iter().all(|one| one.code == "sales_language"), "{found:?}");
        assert_eq!((found[0].line, found[1].line), (None, Some(1)));
    }
    let mail = sample(MailKind::Confirmed, Locale::It, ELSEWHERE);
    let harmless = "Ti offriamo la zuppa; gli scontenti avranno il pane.\n\n[x]({{ in_link }})";
    assert_eq!(lint(&mail, Locale::It, Words { subject: "A presto", text: harmless }), []);
    let long = format!("{}\n\n[x]({{{{ in_link }}}})", "parola ".repeat(151));
    assert_eq!(lint(&mail, Locale::It, Words { subject: "A presto", text: &long })[0].code, "too_many_words");
}
