//! What each mail says, in each language, as its reader would see it.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod samples;

use convivio_domain::prompt::Input;
use convivio_domain::words::{MailKind, Step};
use convivio_domain::{FreeText, Line, Locale, PersonName, Title};
use convivio_mail::{CalendarMethod, Mail, Rendered, render};

#[test]
fn every_mail_reads_as_it_was_written() {
    for (locale, mail) in samples() {
        let name = format!("{}-{locale}", mail.kind());
        let said = rendered(&mail, locale);
        insta::assert_snapshot!(format!("{name}.txt"), format!("Subject: {}\n\n{}", said.subject, said.text));
        insta::assert_snapshot!(format!("{name}.html"), said.html);
        if let Some(calendar) = said.calendar {
            insta::assert_snapshot!(format!("{name}.ics"), calendar.text);
        }
    }
}

#[test]
fn there_is_a_sample_of_each_mail() {
    for locale in Locale::ALL {
        let kinds: Vec<MailKind> = samples::all(*locale).iter().map(Mail::kind).collect();
        // A test of a step says what the step would say.
        let all: Vec<MailKind> = MailKind::ALL.iter().copied().filter(|kind| *kind != MailKind::Test).collect();
        assert_eq!(kinds, all);
    }
}

#[test]
fn every_language_has_every_template() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    for kind in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let mut found: Vec<String> =
            std::fs::read_dir(&kind).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        found.sort();
        let expected: Vec<String> = Locale::ALL.iter().map(|locale| format!("{locale}.txt")).collect();
        assert_eq!(found, expected, "{}", kind.display());
    }
}

/// The same mail as a member's, without the hurry.
#[test]
fn an_attendees_link_does_not_run_out() {
    for (locale, words) in [(Locale::En, "It is yours"), (Locale::It, "È tuo")] {
        let Mail::Login(login) = sample(MailKind::Login, locale) else { panic!("a sample of the kind that was asked for") };
        let said = rendered(&Mail::Login(convivio_mail::Login { minutes: None, ..login }), locale);
        assert!(said.text.contains(words) && !said.text.contains("minut"), "{}", said.text);
    }
}

#[test]
fn a_follow_up_is_short_and_has_one_button() {
    for (locale, mail) in samples().filter(|(_, mail)| mail.kind().is_follow_up()) {
        let said = rendered(&mail, locale);
        let (letter, _) = said.text.split_once("\n* * *\n").unwrap();
        let words = letter.split_whitespace().filter(|word| !word.starts_with("http")).count();
        assert!(words <= 150, "{words} words in {} {locale}: {letter}", mail.kind());
        assert!(said.html.matches("class=\"button\"").count() <= 1);
    }
}

/// F1 to F6 and C name somebody and say at least two personal things; the test of each step says which.
#[test]
fn sr_35_no_follow_up_is_generic() {
    for locale in Locale::ALL {
        for step in Step::SEQUENCE.into_iter().chain([Step::C]) {
            let Mail::FollowUp(mail) = sample(step.mail(), *locale) else { panic!("a follow-up") };
            // What the rule counts: neither what the reader hoped for nor what the other is doing.
            let counts = |input: &&Input| !matches!(input, Input::ReaderName | Input::Intention | Input::Project);
            let personal = mail.prompt.inputs.iter().filter(counts).count();
            assert!(personal >= 2, "{step}: {:?}", mail.prompt.inputs);
            let said = rendered(&Mail::FollowUp(mail.clone()), *locale).text;
            assert!(mail.prompt.recall.people.iter().any(|person| said.contains(&person.name)), "{step}: {said}");
        }
    }
}

#[test]
fn sr_38_something_together_comes_with_a_time_for_the_calendar() {
    for locale in Locale::ALL {
        let file = rendered(&sample(MailKind::F3, *locale), *locale).calendar.unwrap();
        assert!(file.text.contains("STATUS:TENTATIVE\r\n") && file.text.contains("METHOD:PUBLISH\r\n"), "{}", file.text);
        assert!(!file.text.contains("ATTENDEE") && !file.text.contains("ORGANIZER"), "it is an idea, and asks nobody");
        assert!(rendered(&sample(MailKind::F2, *locale), *locale).calendar.is_none());
    }
}

#[test]
fn a_mail_greets_by_the_first_name_and_says_its_subject_once() {
    for (locale, mail) in samples() {
        let said = rendered(&mail, locale);
        assert!(!said.text.contains("Ada Rossi") && !said.html.contains("Ada Rossi"), "{} greets like a form: {}", mail.kind(), said.text);
        if mail.kind() != MailKind::Login {
            assert!(said.text.contains(if locale == Locale::En { "Hello Ada," } else { "Ciao Ada" }), "{}", said.text);
        }
        let opens_with = said.text.lines().next().unwrap();
        assert!(!said.subject.starts_with(opens_with), "{} says {opens_with:?} twice", mail.kind());
    }
}

#[test]
fn each_link_stands_alone_on_a_line() {
    for (locale, mail) in samples() {
        for line in rendered(&mail, locale).text.lines().filter(|line| line.contains("://")) {
            assert!(line.starts_with("https://convivio.example/") && !line.contains(' '), "{line}");
        }
    }
}

#[test]
fn a_page_needs_no_images_and_reports_nothing() {
    for (locale, mail) in samples() {
        let html = rendered(&mail, locale).html;
        assert!(html.contains(&format!("<html lang=\"{locale}\"")));
        assert!(html.contains("prefers-color-scheme: dark"));
        for word in ["<img", "<script", "url(", "<link", "@import"] {
            assert!(!html.contains(word), "{word} in {} {locale}", mail.kind());
        }
    }
}

#[test]
fn sr_01_a_passion_comes_before_a_title() {
    for locale in Locale::ALL {
        let said = rendered(&sample(MailKind::F1, *locale), *locale).text;
        let row = if *locale == Locale::En { "Bread making: Marta Bianchi" } else { "Pane fatto in casa: Marta Bianchi" };
        assert!(said.contains(row), "who somebody is begins with what they love: {said}");
        let invitation = rendered(&sample(MailKind::A1, *locale), *locale).text;
        let (passion, work) = match locale {
            Locale::En => ("passion", "what you do for a living"),
            Locale::It => ("passione", "il lavoro"),
        };
        assert!(invitation.find(passion).unwrap() < invitation.find(work).unwrap());
    }
}

#[test]
fn what_is_unknown_is_left_out() {
    for locale in Locale::ALL {
        let Mail::Method(mut method) = sample(MailKind::A1, *locale) else { unreachable!() };
        method.tomorrow = false;
        method.how_we_meet = None;
        method.event.place = None;
        let said = rendered(&Mail::Method(method), *locale);
        assert!(!said.subject.contains("Tomorrow") && !said.subject.contains("Domani"), "{}", said.subject);
        assert!(said.text.contains("19:00 (Europe/Rome)"), "people who meet online may be in another zone: {}", said.text);
        assert!(!said.text.contains("Where:") && !said.text.contains("Dove:"));

        let Mail::FollowUp(mut follow_up) = sample(MailKind::F1, *locale) else { unreachable!() };
        follow_up.prompt.common_ground.passions.clear();
        follow_up.prompt.reflection = None;
        let said = rendered(&Mail::FollowUp(follow_up), *locale).text;
        let list = if *locale == Locale::En { "You met:" } else { "Hai incontrato:" };
        assert!(!said.contains(list) && said.contains("Marta Bianchi, Yusuf Demir "), "three names in a sentence need no list: {said}");
    }
}

#[test]
fn sr_13_a_mail_leads_to_a_guide_where_there_is_one() {
    for locale in Locale::ALL {
        let (Mail::Method(mut method), Mail::FollowUp(mut first), Mail::FollowUp(mut second)) =
            (sample(MailKind::A1, *locale), sample(MailKind::F1, *locale), sample(MailKind::F2, *locale))
        else {
            unreachable!()
        };
        let led = |mail: Mail| rendered(&mail, *locale).text.contains("/guides/");
        let all = [Mail::Method(method.clone()), Mail::FollowUp(first.clone()), Mail::FollowUp(second.clone())];
        assert_eq!(all.map(led), [true; 3]);
        (method.guide_link, first.guide_link, second.guide_link) = (None, None, None);
        let none = [Mail::Method(method), Mail::FollowUp(first), Mail::FollowUp(second)];
        assert_eq!(none.map(led), [false; 3]);
    }
}

#[test]
fn sr_42_a_follow_up_says_where_an_introduction_waits() {
    for (locale, words) in [(Locale::En, "Someone would like to introduce you"), (Locale::It, "Qualcuno vorrebbe presentarti")] {
        let Mail::FollowUp(mut follow_up) = sample(MailKind::F2, locale) else { unreachable!() };
        assert!(!rendered(&Mail::FollowUp(follow_up.clone()), locale).text.contains(words));
        follow_up.introductions_link = Some("https://example.org/introductions/t0ken".parse().unwrap());
        let said = rendered(&Mail::FollowUp(follow_up), locale).text;
        assert!(said.contains(words) && said.contains("https://example.org/introductions/t0ken"), "{said}");
    }
}

#[test]
fn r18_what_people_write_stays_text() {
    for locale in Locale::ALL {
        for hostile in
            ["<script>alert(1)</script>", "\"><img src=x onerror=y>", "[x](https://evil.example/)", "{{ confirm_link }}", "# x", "=? x ?"]
        {
            let Mail::Method(mut method) = sample(MailKind::A1, *locale) else { unreachable!() };
            method.reader = PersonName::parse(hostile).unwrap();
            method.event.title = Title::parse(hostile).unwrap();
            method.event.organizer = Title::parse(hostile).unwrap();
            method.event.place = Some(Line::parse(hostile).unwrap());
            method.how_we_meet =
                Some(FreeText::parse(&format!("{hostile}\n\n---\n{hostile}\n- {hostile}\nhttps://evil.example/")).unwrap());
            let said = rendered(&Mail::Method(method), *locale);
            for markup in ["<script", "<img", "href=\"https://evil", "onerror=y>"] {
                assert!(!said.html.contains(markup), "{markup} from {hostile}");
            }
            assert_eq!(said.html.matches("class=\"button\"").count(), 1);
            assert_eq!(said.html.matches("<li ").count(), 3);
            assert!(!said.subject.contains("=?"));
            assert!(said.text.contains(hostile));
        }
    }
}

#[test]
fn r18_the_calendar_file_is_valid() {
    let Mail::Confirmed(mut confirmed) = sample(MailKind::Confirmed, Locale::It) else { unreachable!() };
    confirmed.event.title = Title::parse(&format!("Pane, vino; e \\ à{}", "🌻".repeat(100))).unwrap();
    confirmed.event.place = Some(Line::parse("Via \"del\" Pratello 53: BEGIN:VALARM").unwrap());
    let calendar = rendered(&Mail::Confirmed(confirmed), Locale::It).calendar.unwrap().text;

    assert!(calendar.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "folded:\n{calendar}");
    let unfolded = calendar.replace("\r\n ", "");
    let lines: Vec<&str> = unfolded.split_terminator("\r\n").collect();
    assert_eq!(lines.first(), Some(&"BEGIN:VCALENDAR"));
    assert_eq!(lines.last(), Some(&"END:VCALENDAR"));
    for line in [
        "METHOD:PUBLISH",
        "UID:01953f5e-7c00-7000-8000-000000000001",
        "STATUS:CONFIRMED",
        "SEQUENCE:0",
        "DTSTART:20260312T180000Z",
        "DTEND:20260312T210000Z",
        "DTSTAMP:20260220T090000Z",
        "LOCATION:Via \"del\" Pratello 53: BEGIN:VALARM",
    ] {
        assert!(lines.contains(&line), "{line} in\n{unfolded}");
    }
    assert!(lines.contains(&format!("SUMMARY:Pane\\, vino\\; e \\\\ à{}", "🌻".repeat(100)).as_str()), "{unfolded}");
    assert!(!unfolded.contains("/in/"), "a calendar is shared, the reader's link is not");
}

#[test]
fn r18_a_cancelled_event_strikes_itself_out() {
    let Mail::Confirmed(mut confirmed) = sample(MailKind::Confirmed, Locale::En) else { unreachable!() };
    let published = rendered(&Mail::Confirmed(confirmed.clone()), Locale::En).calendar.unwrap();
    confirmed.appointment.method = CalendarMethod::Cancel;
    confirmed.appointment.sequence = 4;
    let cancelled = rendered(&Mail::Confirmed(confirmed), Locale::En).calendar.unwrap();
    for line in ["METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:4"] {
        assert!(cancelled.text.contains(&format!("\r\n{line}\r\n")), "{line} in\n{}", cancelled.text);
    }
    let uid = |file: &str| file.lines().find(|line| line.starts_with("UID:")).unwrap().to_owned();
    assert_eq!(uid(&cancelled.text), uid(&published.text), "the same appointment");
}

#[test]
fn r18_calendar_lines_are_folded_between_characters() {
    let Mail::Confirmed(confirmed) = sample(MailKind::Confirmed, Locale::En) else { unreachable!() };
    for length in 1..=150 {
        for letter in ["x", "é", "🌻", "x ", "é 李", "a,"] {
            let title: String = letter.chars().cycle().take(length).collect();
            let mut confirmed = confirmed.clone();
            confirmed.event.title = Title::parse(&title).unwrap();
            let calendar = rendered(&Mail::Confirmed(confirmed), Locale::En).calendar.unwrap().text;
            assert!(calendar.split("\r\n").all(|line| line.len() <= 75), "{length} of {letter}:\n{calendar}");
            let escaped = title.trim().replace(',', "\\,");
            assert!(calendar.replace("\r\n ", "").contains(&format!("SUMMARY:{escaped}\r\n")), "{length} of {letter}:\n{calendar}");
        }
    }
}

fn samples() -> impl Iterator<Item = (Locale, Mail)> {
    Locale::ALL.iter().flat_map(|locale| samples::all(*locale).into_iter().map(move |mail| (*locale, mail)))
}

#[track_caller]
fn rendered(mail: &Mail, locale: Locale) -> Rendered {
    render(mail, locale).unwrap_or_else(|err| panic!("{} {locale}: {err}", mail.kind()))
}

fn sample(kind: MailKind, locale: Locale) -> Mail {
    samples::all(locale).into_iter().find(|mail| mail.kind() == kind).unwrap()
}
