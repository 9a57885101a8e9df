//! Who gets what, and when.

use chrono::{Datelike, NaiveDate, TimeDelta, Timelike, Weekday};

use super::*;

pub(super) fn sr_30_those_who_came_and_agreed_and_about_those_they_met(season: &Season) {
    for n in PEOPLE - ABSENT..PEOPLE {
        assert_eq!(season.kinds(n), ["N1"], "who stayed away hears once");
        assert!(season.guests.iter().enumerate().all(|(i, guest)| i == n || !season.mails_to(n)[0].mentions(&guest.name)));
    }
    assert!(season.kinds(WITHOUT_CONSENT).is_empty());
    for n in (0..PEOPLE - ABSENT).filter(|n| *n != WITHOUT_CONSENT) {
        // Who was to sit there and stayed away was not met.
        let met = tablemates(&season.plan, &season.guests[n], season.present());
        let is_stranger = |guest: &Guest| guest.code != season.guests[n].code && met.iter().all(|mate| mate.code != guest.code);
        for mail in season.mails_to(n) {
            assert!(met.iter().any(|mate| mail.mentions(&mate.name)), "{} to {n} names nobody they met: {}", mail.kind, mail.text);
            for stranger in season.guests.iter().filter(|guest| is_stranger(guest)) {
                assert!(!mail.mentions(&stranger.name), "{} to {n} names {}, whom they never met", mail.kind, stranger.name);
            }
            assert!(!mail.mentions(&season.guests[HIDDEN].name) || n == HIDDEN, "{} to {n}", mail.kind);
        }
    }
}

pub(super) async fn sr_31_within_one_working_day_and_one_thing_to_do(season: &Season) {
    for n in (0..PEOPLE - ABSENT).filter(|n| *n != WITHOUT_CONSENT) {
        let first = &season.mails_to(n)[0];
        assert_eq!((first.kind.as_str(), sent_at(first).date_naive()), ("F1", NaiveDate::from_ymd_opt(2030, 5, 10).unwrap()));
        for mail in season.mails_to(n) {
            let buttons = mail.html.matches("class=\"button\"").count();
            assert!(buttons == 1 || buttons == 0 && !mail.kind.starts_with('F'), "{} to {n} has {buttons} buttons", mail.kind);
        }
    }
    for n in answering() {
        for prompt in season.client(n).all("/prompts").await.iter().filter(|prompt| prompt["sent_at"].is_string()) {
            assert!(prompt["action"]["text"].as_str().is_some_and(|text| !text.is_empty()), "{prompt}");
            assert!(prompt["alternatives"].as_array().unwrap().len() <= 2, "{prompt}");
        }
    }
}

pub(super) fn sr_34_not_too_often_not_at_night_and_less_to_who_is_silent(season: &Season) {
    for n in 0..PEOPLE {
        let hours = if n == NEW_YORKER { -4 } else { 2 };
        let local: Vec<_> = season.mails_to(n).iter().map(|mail| (mail.kind.clone(), sent_at(mail) + TimeDelta::hours(hours))).collect();
        for (kind, at) in &local {
            assert!((9..18).contains(&at.hour()) && !matches!(at.weekday(), Weekday::Sat | Weekday::Sun), "{kind} to {n} at {at}");
        }
        for pair in local.windows(2) {
            assert!((pair[1].1.date_naive() - pair[0].1.date_naive()).num_days() >= 7, "{n}: {pair:?}");
        }
        assert!(local.iter().filter(|(kind, _)| kind.starts_with('F')).count() <= 6, "{n}: {local:?}");
        let can_be_left = |mail: &Mail| mail.header("List-Unsubscribe-Post") == Some("List-Unsubscribe=One-Click");
        assert!(season.mails_to(n).iter().all(can_be_left), "a mail to {n} cannot be left with one click");
    }
    for n in SILENT {
        assert_eq!(season.kinds(n), ["F1", "F2", "stop"], "{n}");
    }
    assert_eq!(season.kinds(LEAVES), ["F1", "F2"], "one click is enough");
    let after_the_pause = season.mails_to(PAUSES).iter().find(|mail| mail.kind != "F1").unwrap();
    assert!(sent_at(after_the_pause) >= when("2030-06-03T08:00:00Z"));
}

pub(super) fn sr_40_sr_48_ninety_days_and_then_a_slow_cadence(season: &Season) {
    for n in answering() {
        let kinds = season.kinds(n);
        assert_eq!(kinds, ["F1", "F2", "F3", "F4", "F5", "F6", "C"], "{n}");
        assert_eq!(sent_at(season.mail(n, "F6")).date_naive(), NaiveDate::from_ymd_opt(2030, 8, 7).unwrap(), "ninety days, for {n}");
        let c = season.mail(n, "C");
        assert_eq!(sent_at(c).date_naive(), NaiveDate::from_ymd_opt(2030, 8, 14).unwrap(), "a week later, for {n}");
    }
}
