//! What is one's own: the profile, the preferences, what to read, being forgotten.

use convivio_domain::{ConsentPurpose, Field, VisibleTo};

use super::world::{World, code};
use crate::pages::views::*;

pub(super) fn samples(world: &World) -> Vec<(&'static str, Page)> {
    let World { event, hiking, cooking, jazz, .. } = world.clone();
    let pick = |en: &str, it: &str| world.pick(en, it);
    let profile = ProfilePage {
        ways: ways("t0ken", "profile"),
        event: event.clone(),
        name: "Luca".into(),
        said: None,
        suggestions: vec![hiking.clone(), cooking.clone(), jazz.clone()],
        form: RegisterForm {
            passions: vec![PassionRow { text: hiking.clone(), level: "3".into() }, PassionRow::default()],
            headline: pick("physiotherapist", "fisioterapista"),
            offers: pick("exercises for the back\nlistening", "esercizi per la schiena\nascolto"),
            needs: pick("someone to read my balance sheet", "qualcuno che legga il mio bilancio"),
            show_needs: true,
            ..RegisterForm::default()
        },
        errors: Vec::new(),
    };
    let agreed_at = event.when.starts_at;
    let agreed = move |by: &'static str| -> Vec<Agreed> {
        let since = |purpose: ConsentPurpose| (purpose == ConsentPurpose::FollowUp).then_some(agreed_at);
        ConsentPurpose::ALL.iter().map(|purpose| Agreed { purpose: *purpose, since: since(*purpose), by }).collect()
    };
    let preferences = PreferencesPage {
        ways: ways("t0ken", "preferences"),
        done: None,
        form: PreferencesForm {
            follow_up: true,
            consent: true,
            chat_delivery: false,
            every_days: "7".into(),
            per_event: "6".into(),
            from: "9".into(),
            to: "18".into(),
            pause: String::new(),
            visibility: Field::ALL.iter().map(|field| Shown { field: *field, to: VisibleTo::Tablemates }).collect(),
        },
        agreed: agreed("these_words"),
        timezone: event.when.timezone,
        from_hours: (9..18).collect(),
        to_hours: (10..=18).collect(),
        blocked: Vec::new(),
        feed: Feed { made: false, address: None },
        export: "/in/t0ken/export".into(),
        erase: "/in/t0ken/erase".into(),
        errors: Vec::new(),
    };
    let feed = |done, made, address: Option<&str>| {
        let feed = Feed { made, address: address.map(str::to_owned) };
        Page::Preferences(Box::new(PreferencesPage { done, feed, ..preferences.clone() }))
    };
    let blocked = |name: Option<&str>, number: &str| BlockedPerson {
        code: code(number),
        name: name.map(str::to_owned),
        event: pick("A winter table", "Una tavola d’inverno"),
    };
    let preferences_blocked =
        PreferencesPage { blocked: vec![blocked(Some("Ada Bianchi"), "7K3M9Q2A"), blocked(None, "7K3M9Q2C")], ..preferences.clone() };
    let erase = ErasePage {
        ways: ways("t0ken", "erase"),
        organizer: event.organizer.clone(),
        export: "/in/t0ken/export".into(),
        back: "/in/t0ken/preferences".into(),
        confirm: String::new(),
        errors: Vec::new(),
    };
    let guide_page = |acknowledged| GuidePage {
        organizer: event.organizer.clone(),
        title: pick("Before you come", "Prima di venire"),
        paragraphs: vec![pick("Come with one thing you love.", "Porta una cosa che ami."), pick("Leave time.", "Lascia tempo.")],
        acknowledged,
    };

    vec![
        ("preferences", Page::Preferences(Box::new(preferences.clone()))),
        (
            "preferences_saved",
            Page::Preferences(Box::new(PreferencesPage { done: Some("saved"), agreed: agreed("other_words"), ..preferences.clone() })),
        ),
        ("preferences_feed_made", feed(None, true, Some("https://convivio.example/feeds/f33d/prompts.ics"))),
        ("preferences_feed", feed(None, true, None)),
        ("preferences_feed_gone", feed(Some("feed_gone"), false, None)),
        ("preferences_blocked", Page::Preferences(Box::new(preferences_blocked))),
        ("preferences_unblocked", Page::Preferences(Box::new(PreferencesPage { done: Some("unblocked"), ..preferences.clone() }))),
        (
            "preferences_wrong",
            Page::Preferences(Box::new(PreferencesPage {
                agreed: agreed("staff"),
                errors: vec![FieldError::new("pause", "out_of_range")],
                ..preferences
            })),
        ),
        ("erase", Page::Erase(erase.clone())),
        (
            "erase_wrong",
            Page::Erase(ErasePage {
                confirm: "luca@example.com".into(),
                errors: vec![FieldError::new("confirm", "not_the_address")],
                ..erase
            }),
        ),
        ("forgotten", Page::Forgotten(Forgotten { organizer: event.organizer.clone() })),
        ("profile", Page::Profile(Box::new(profile.clone()))),
        ("profile_said", Page::Profile(Box::new(ProfilePage { said: Some(SaidOfProfile::Current), ..profile.clone() }))),
        ("profile_wrong", Page::Profile(Box::new(ProfilePage { errors: vec![FieldError::new("passion_1", "required")], ..profile }))),
        ("guide", Page::Guide(guide_page(None))),
        ("guide_to_read", Page::Guide(guide_page(Some(false)))),
        ("guide_read", Page::Guide(guide_page(Some(true)))),
        ("unsubscribe", Page::Unsubscribe(Unsubscribe { organizer: event.organizer.clone() })),
        ("unsubscribed", Page::Unsubscribed(Unsubscribed { organizer: event.organizer.clone() })),
    ]
}
