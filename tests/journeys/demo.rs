//! `convivio demo`, and what is in its folder when it has come to its end.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::mailbox::Mails;
use crate::support::*;

/// The mails about people, none of which may be generic.
const ABOUT_PEOPLE: [&str; 7] = ["F1", "F2", "F3", "F4", "F5", "F6", "C"];

#[tokio::test]
async fn sr_35_no_mail_of_the_demo_is_generic() {
    let app = TestApp::after_the_demo().await;
    let all = app.mails();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for reader in readers(&all) {
        let mails = all.to(&reader).only_those(|mail| ABOUT_PEOPLE.contains(&mail.kind.as_str()));
        let mut prompts = app.me(&mails.0[0].token("in")).all("/prompts").await;
        prompts.retain(|one| one["sent_at"].is_string() && one["step"].as_str().is_some_and(|step| ABOUT_PEOPLE.contains(&step)));
        assert_eq!(mails.len(), prompts.len(), "each of these mails is a prompt: {:?}", mails.outline());
        // F1 names everybody one sat with, a dozen people after three rounds: names are no words to read, and what people wrote is theirs.
        let names: Vec<&str> = prompts.iter().flat_map(|prompt| each(&prompt["recall"]["people"], "name")).collect();
        for mail in &mails.0 {
            let said = names.iter().fold(without_quotations(letter(mail)), |said, name| said.replace(name, ""));
            let words = said.split_whitespace().filter(|word| !word.starts_with("http")).count();
            assert!(words <= 150, "{words} words: {}", mail.text);
        }
        for prompt in &prompts {
            let said = mails.only_those(|mail| prompt["step"] == mail.kind.as_str() && prompt["subject"] == mail.subject.as_str());
            assert!(personal_inputs(prompt) >= 2, "{prompt}");
            let names = each(&prompt["recall"]["people"], "name");
            assert!(names.iter().any(|name| said.0.iter().any(|mail| mail.mentions(name))), "none of {names:?} in {:?}", said.0);
            *seen.entry(prompt["step"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    assert!(ABOUT_PEOPLE.iter().all(|kind| seen.get(*kind).is_some_and(|mails| *mails >= 10)), "so few show nothing: {seen:?}");
    the_timeline_has_every_mail_of_one_reader(&app, &all);
    assert!(app.left_behind("report.html").contains("<svg"), "what came of it is drawn");
}

/// What a mail says before its small print.
fn letter(mail: &Mail) -> &str {
    mail.text.split_once("* * *").expect("it ends with small print").0.trim()
}

fn without_quotations(text: &str) -> String {
    let (mut kept, mut is_quoted) = (String::new(), false);
    for letter in text.chars() {
        match letter {
            '“' | '«' => is_quoted = true,
            '”' | '»' => is_quoted = false,
            _ if is_quoted => {}
            _ => kept.push(letter),
        }
    }
    kept
}

fn readers(mails: &Mails) -> BTreeSet<String> {
    mails.kind("F1").0.iter().map(|mail| mail.to.clone()).collect()
}

fn the_timeline_has_every_mail_of_one_reader(app: &TestApp, all: &Mails) {
    let page = app.left_behind("timeline.html");
    let (letters, subjects): (usize, Vec<String>) = (page.matches("<h2>").count(), headings(&page));
    let is_theirs = |reader: &String| {
        let mails = all.to(reader);
        mails.len() == letters && mails.0.iter().all(|mail| subjects.contains(&mail.subject))
    };
    let reader = readers(all).into_iter().find(is_theirs).unwrap_or_else(|| panic!("whose mails are these? {subjects:?}"));
    // Whole, and not the subjects alone: the last line of what each says before the small print.
    for mail in &all.to(&reader).0 {
        let last = letter(mail).lines().last().unwrap();
        assert!(unescaped(&page).contains(last), "{last:?} of {} is missing", mail.kind);
    }
    assert!(
        ABOUT_PEOPLE.iter().filter(|kind| !all.to(&reader).kind(kind).is_empty()).count() >= 6,
        "a reader who has read little: {subjects:?}"
    );
}

fn headings(page: &str) -> Vec<String> {
    page.split("<h2>").skip(1).filter_map(|rest| rest.split_once("</h2>")).map(|(subject, _)| unescaped(subject)).collect()
}
