//! Every page as it is drawn, in both languages.

use super::super::views::{FieldError, Page, Seating, ThemeFamily, samples};
use super::*;

fn drawn() -> impl Iterator<Item = (String, Page, String)> {
    Locale::ALL.iter().flat_map(|&locale| {
        samples(locale).into_iter().map(move |(name, view)| {
            let html = page(&view, locale).unwrap_or_else(|err| panic!("{name} in {locale}: {err:?}"));
            (format!("{name}.{locale}"), view, html)
        })
    })
}

#[test]
fn every_page_in_both_languages() {
    let style = STANDALONE_CSS.as_str();
    let versions: Vec<String> = Assets::iter().filter_map(|path| Some(format!("?v={}", short_hash(&Assets::get(&path)?)))).collect();
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../snapshots", omit_expression => true }, {
        for (name, _, html) in drawn() {
            // The style is looked at with the eyes; a page has not changed because a colour has.
            let html = versions.iter().fold(html.replace(style, "…"), |html, version| html.replace(version, "?v=…"));
            insta::assert_snapshot!(name, html);
        }
    });
}

#[test]
fn both_languages_have_the_same_words_with_the_same_places() {
    fn placeholders(words: &Words) -> Vec<Vec<String>> {
        let of = |text: &String| {
            let mut names: Vec<String> = text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect();
            names.sort();
            names
        };
        match words {
            Words::Text(text) => vec![of(text)],
            Words::Counted { one, other } => vec![of(one), of(other)],
        }
    }
    let (english, italian) = (words(Locale::En), words(Locale::It));
    assert_eq!(english.keys().collect::<Vec<_>>(), italian.keys().collect::<Vec<_>>());
    for (key, words) in english {
        assert_eq!(placeholders(words), placeholders(&italian[key]), "{key}");
    }
}

#[test]
fn the_policy_holds() {
    for (name, view, html) in drawn() {
        // The name of a language, which nobody follows.
        let html = html.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        for banned in [" style=", "<script", "javascript:", " onclick", "http://"] {
            assert!(!html.contains(banned), "{name} holds {banned}");
        }
        // An organizer's own meeting link is the one address that leads elsewhere, and nothing is loaded from it.
        let elsewhere = html.split("https://").skip(1).filter(|rest| !rest.starts_with("meet.example.org")).count();
        assert_eq!(elsewhere, 0, "{name} leads elsewhere");
        let policy = content_security_policy(&view);
        assert_eq!(html.contains("<style"), policy.contains("'sha256-"), "{name}: {policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}

#[test]
fn sr_01_passions_stand_before_the_headline() {
    let mut seats = 0;
    for (name, _, html) in drawn() {
        for seat in html.split("<li class=\"seat").skip(1) {
            let seat = seat.split("</li>").next().unwrap_or_default();
            if let (Some(passions), Some(headline)) = (seat.find("class=\"passions\""), seat.find("class=\"headline\"")) {
                assert!(passions < headline, "{name}: {seat}");
                seats += 1;
            }
        }
        if let (Some(passion), Some(headline)) = (html.find("name=\"passion_1\""), html.find("name=\"headline\"")) {
            assert!(passion < headline, "{name}: the form");
        }
        for (passions, headline) in [("<dt>What you love", "<dt>What you do"), ("<dt>Che cosa ti appassiona", "<dt>Di che cosa ti occupi")]
        {
            assert!(html.find(passions) <= html.find(headline) || !html.contains(headline), "{name}: the profile");
        }
    }
    assert!(seats > 10, "the samples show {seats} seats with both");
}

#[test]
fn sr_50_nothing_is_agreed_to_and_nothing_more_is_shown_by_default() {
    let (_, _, html) = drawn().find(|(name, ..)| name == "event.en").expect("the event's page has a sample");
    let ticked = |field: &str| {
        let tag = html.split("<input").find(|tag| tag.contains(&format!("name=\"{field}\""))).expect(field);
        tag.split('>').next().is_some_and(|tag| tag.contains(" checked"))
    };
    assert!(ticked("show_name") && ticked("show_passions"));
    for field in ["show_headline", "show_offers", "show_needs", "follow_up"] {
        assert!(!ticked(field), "{field}");
    }
}

#[test]
fn hostile_text_is_only_read() {
    let evil = "<script>alert(1)</script>\"' onfocus='x' {{ 7 * 7 }} {name}";
    let text = || evil.to_owned();
    for (name, mut view) in samples(Locale::En) {
        match &mut view {
            Page::Event(view) => {
                (view.event.title, view.event.organizer, view.summary, view.method) = (text(), text(), Some(text()), Some(text()));
                view.suggestions.push(text());
                (view.form.name, view.form.headline, view.form.offers) = (text(), text(), text());
                view.form.passions = vec![super::super::views::PassionRow { text: text(), level: text() }];
                view.errors.push(FieldError::new(text(), text()));
            }
            Page::MyTable(view) => {
                (view.name, view.intention) = (text(), Some(text()));
                for seat in view.rounds.iter_mut().flat_map(|round| &mut round.seats) {
                    (seat.name, seat.headline) = (Some(text()), Some(text()));
                    seat.passions.iter_mut().for_each(|passion| passion.label = text());
                    seat.why.shared.iter_mut().for_each(|shared| (shared.passion, shared.with) = (text(), vec![text()]));
                }
                view.rounds.iter_mut().for_each(|round| (round.theme, round.link) = (Some(text()), Some(text())));
            }
            Page::Prompt(view) => {
                (view.opening, view.action, view.draft) = (text(), text(), Some(text()));
                view.people.iter_mut().for_each(|person| (person.name, person.note, person.shared) = (text(), text(), vec![text()]));
            }
            Page::People(view) => {
                for person in &mut view.kept {
                    (person.name, person.shared, person.met.event) = (Some(text()), vec![text()], text());
                }
                view.asked.iter_mut().for_each(|person| (person.name, person.context) = (Some(text()), Some(text())));
                for evening in &mut view.evenings {
                    (evening.title, evening.slug) = (text(), text());
                    evening.people.iter_mut().for_each(|person| (person.name, person.shared) = (text(), vec![text()]));
                }
                view.contacts.all.iter_mut().for_each(|person| (person.name, person.note) = (text(), Some(text())));
                (view.contacts.form.name, view.contacts.form.note, view.balance.notice) = (text(), text(), Some(text()));
            }
            Page::Introductions(view) => {
                for one in view.waiting.iter_mut().chain(&mut view.answered).chain(&mut view.proposed) {
                    (one.introducer, one.people, one.why) = (Some(text()), vec![Some(text())], text());
                }
                for person in &mut view.may_meet {
                    (person.name, person.met.introduced, person.met.through) = (Some(text()), true, Some(text()));
                }
                view.why = text();
            }
            Page::Person(view) => {
                (view.name, view.context, view.email, view.working_on) = (Some(text()), Some(text()), Some(text()), Some(text()));
                (view.shared, view.needs, view.offers, view.ideas) = (vec![text()], vec![text()], vec![text()], vec![text()]);
                view.entries.iter_mut().for_each(|entry| entry.text = Some(text()));
                view.form.text = text();
            }
            Page::Preferences(view) => {
                (view.form.pause, view.form.every_days) = (text(), text());
                view.blocked.iter_mut().for_each(|person| (person.name, person.event) = (Some(text()), text()));
            }
            Page::Erase(view) => (view.organizer, view.confirm) = (text(), text()),
            Page::Seating(view) | Page::Picture(view) => {
                (view.title, view.organizer, view.place) = (text(), text(), Some(text()));
                for table in view.rounds.iter_mut().flat_map(|round| &mut round.tables) {
                    (table.theme, table.label) = (Some(text()), Some(text()));
                    table.family = Some(ThemeFamily { code: text(), label: text() });
                    for seat in &mut table.seats {
                        seat.shown = Some(text());
                        (seat.seat.name, seat.seat.headline) = (Some(text()), Some(text()));
                        seat.seat.why.shared.iter_mut().for_each(|shared| (shared.passion, shared.with) = (text(), vec![text()]));
                    }
                }
                view.cards = Seating::cards_of(&view.rounds);
            }
            _ => continue,
        }
        let html = page(&view, Locale::En).unwrap_or_else(|err| panic!("{name}: {err:?}"));
        assert!(!html.contains("<script") && !html.contains("onfocus='"), "{name}");
        assert!(!html.contains(" 49 "), "{name}: it was run");
        assert!(matches!(name, "event_bare" | "introductions_none") || html.contains("&lt;script&gt;"), "{name} shows it as text");
    }
}

#[test]
fn a_missing_word_or_variable_is_an_error() {
    for source in ["{{ t('no.such.key') }}", "{{ t('my.title') }}", "{{ t('page.skip', name='x') }}", "{{ view.nothing }}"] {
        environment(Locale::En).render_str(source, context! { view => context! {} }).expect_err(source);
    }
}

#[test]
fn dates_are_told_as_people_tell_them() {
    let at = |text: &str| instant(text, "Europe/Rome").expect("an instant");
    let evening = at("2026-03-12T18:00:00Z");
    assert_eq!(datetime(Locale::En, evening), "Thursday 12 March 2026, 19:00");
    assert_eq!(datetime(Locale::It, evening), "giovedì 12 marzo 2026, ore 19:00");
    assert_eq!(day(Locale::It, at("2026-05-01T10:00:00Z")), "venerdì 1º maggio 2026");
    assert_eq!(span(Locale::En, evening, at("2026-03-12T23:30:00Z")).expect("a span"), "19:00–00:30");
    assert_eq!(span(Locale::It, evening, at("2026-03-14T11:00:00Z")).expect("a span"), "ore 19:00 – sabato 14 marzo 2026, ore 12:00");
    assert_eq!([45, 60, 95, 150, 178].map(minutes), ["45 s", "1 min", "1½ min", "2½ min", "3 min"]);
}

#[test]
fn names_are_listed_as_people_list_them() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(listed(Locale::En, &names(&["Ada", "Bo", "Luca"])), "Ada, Bo and Luca");
    assert_eq!(listed(Locale::It, &names(&["Ada", "Elena"])), "Ada ed Elena");
    assert_eq!(listed(Locale::It, &names(&["Ada"])), "Ada");
}

#[test]
fn an_error_of_the_api_finds_its_field() {
    for (pointer, field) in [
        ("/passions", "passion_1"),
        ("/passions/2/text", "passion_3"),
        ("/passions/0/level", "level_1"),
        ("/needs/4/text", "needs"),
        ("/consents/follow_up", "follow_up"),
        ("/email", "email"),
        ("/answers/diet", "answer.diet"),
    ] {
        assert_eq!(FieldError::from_pointer(pointer, "x").field, field);
    }
}

#[test]
fn assets_are_served_by_what_they_hold() {
    let style = asset("convivio.css", None).expect("the style");
    assert!(style.mime.starts_with("text/css") && !style.immutable);
    assert!(asset("convivio.css", Some(style.etag.trim_matches('"'))).is_some_and(|style| style.immutable));
    for path in ["CHECKSUMS", "fonts/inter-5.3.0/LICENSE", "../src/main.rs", "nothing.css", ""] {
        assert!(asset(path, None).is_none(), "{path}");
    }
    // Every file the style names is there.
    let css = String::from_utf8_lossy(&style.bytes).into_owned();
    for named in css.split("url(").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(asset(named, None).is_some(), "{named}");
    }
}

#[test]
fn typefaces_are_the_published_ones() {
    for line in include_str!("../../../assets/CHECKSUMS").lines() {
        let (sum, path) = line.split_once("  ").expect("a sum and a path");
        let file = Assets::get(path).unwrap_or_else(|| panic!("{path} is missing"));
        let found: String = file.metadata.sha256_hash().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found, sum, "{path}");
    }
}

#[test]
fn themes_have_a_colour_each() {
    let (_, view) = samples(Locale::En).into_iter().find(|(name, _)| *name == "my_table").expect("the tables have a sample");
    let hues = hues(&view);
    let mut colours: Vec<_> = hues.values().collect();
    colours.sort();
    colours.dedup();
    assert!(!hues.is_empty() && colours.len() == hues.len());
}

#[test]
fn a_picture_is_xml_whatever_people_write() {
    for (name, view) in samples(Locale::It).into_iter().filter(|(name, _)| *name == "picture") {
        let Page::Picture(mut view) = view else { panic!("{name} is no picture") };
        view.title = "\u{ffff}]]><\u{fffe}&\"'</svg>".to_owned();
        let svg = page(&Page::Picture(view), Locale::It).expect("it is drawn");
        let document = roxmltree::Document::parse(&svg).unwrap_or_else(|err| panic!("{err}: {svg}"));
        assert_eq!(document.root_element().descendants().filter(|node| node.attribute("class") == Some("round")).count(), 2);
    }
}
