//! What people are told of each other, and what they are not.

use super::*;

pub(super) async fn sr_35_personal_or_silent(season: &Season) {
    for n in 0..PEOPLE - ABSENT {
        for mail in season.mails_to(n) {
            let first_name = season.guests[n].name.split(' ').next().unwrap();
            assert!(mail.text.contains(first_name), "{}", mail.text);
        }
    }
    for n in answering() {
        for prompt in season.client(n).all("/prompts").await.iter().filter(|prompt| prompt["sent_at"].is_string()) {
            assert!(personal_inputs(prompt) >= 2, "{prompt}");
        }
        // What the reader wrote down comes back to them.
        assert!(season.mails_to(n).iter().any(|mail| mail.mentions("looms and rivers")), "no mail to {n} speaks of their note");
    }
    let italian = season.mails_to(ITALIAN);
    assert!(!italian.is_empty() && italian.iter().all(|mail| mail.text.contains("Ciao ") && mail.html.contains("lang=\"it\"")));
    // Nobody is asked to keep in touch without a word.
    let code = tablemates(&season.plan, &season.guests[0], season.present())[0].code.clone();
    for context in [json!(null), json!("hi there")] {
        let asked = season.client(0).post("/connections", json!({"code": code, "context": context})).await;
        asked.fails(422, "validation_failed").error_at("/context");
    }
}

pub(super) async fn sr_36_only_what_both_show(season: &Season) {
    let mut exchanges = 0;
    for n in answering() {
        for prompt in season.client(n).all("/prompts").await {
            for exchange in prompt["common_ground"]["offers_needs"].as_array().into_iter().flatten() {
                let from = season.place(exchange["from"].as_str().unwrap());
                assert!(!keeps_offers_private(from), "what {from} offers is shown to nobody: {prompt}");
                exchanges += 1;
            }
            for shared in prompt["common_ground"]["passions"].as_array().into_iter().flatten() {
                for with in shared["with"].as_array().unwrap() {
                    let other = season.place(with.as_str().unwrap());
                    assert_ne!(other, HIDDEN, "{prompt}");
                    let both =
                        [n, other].map(|one| each(&nth_person(one)["passions"], "passion").contains(&shared["code"].as_str().unwrap()));
                    // Of two of one's people a prompt may tell what they share with each other.
                    assert!(both[1] && (both[0] || prompt["step"] == "F5"), "{n} and {other} do not share {shared}");
                }
            }
        }
    }
    assert!(exchanges > 0, "nobody could do anything for anybody, so this shows nothing");
}

pub(super) async fn sr_47_no_address_but_one_s_own_and_nothing_to_sell(season: &Season) {
    for n in 0..PEOPLE {
        for mail in season.mails_to(n) {
            let others = season.guests.iter().enumerate().filter(|(i, _)| *i != n);
            assert!(others.into_iter().all(|(_, guest)| !mail.mentions(&guest.email)), "{} to {n} gives an address away", mail.kind);
        }
    }
    // An address leaves with its owner's consent alone, and only as long as they stand by it.
    let export = season.app.get(&season.event.at("/registrations/export?format=csv")).await.ok_page();
    for (n, guest) in season.guests.iter().enumerate() {
        assert_eq!(export.contains(&guest.email), ![WITHOUT_CONSENT, LEAVES].contains(&n), "{n}");
        assert!(export.contains(&guest.name), "{n}");
    }
    let shipped = season.app.get("/templates/F2/it").await.ok(200);
    let warnings = |text: String| season.app.post("/templates/F2/it/preview", json!({"subject": shipped["subject"], "text": text}));
    let text = shipped["text"].as_str().unwrap();
    let sells = |told: &Value| each(&told["warnings"], "code").contains(&"sales_language");
    assert!(!sells(&warnings(text.to_owned()).await.ok(200)));
    assert!(sells(&warnings(format!("C’è uno sconto per te.\n\n{text}")).await.ok(200)));
}

pub(super) async fn sr_50_private_unless_they_show_it(season: &Season) {
    for n in [0, 1, HIDDEN] {
        let profile = season.client(n).get("/profile").await.ok(200);
        for (field, shown) in profile["visibility"].as_object().unwrap() {
            let by_default = matches!(field.as_str(), "name" | "passions");
            let said = match (n, field.as_str()) {
                (HIDDEN, "name") => Some(false),
                (HIDDEN, _) => None,
                (_, "needs") => Some(true),
                (_, "offers") => Some(!keeps_offers_private(n)),
                _ => None,
            };
            assert_eq!(*shown, if said.unwrap_or(by_default) { "tablemates" } else { "none" }, "{field} of {n}");
        }
    }
}

pub(super) async fn sr_46_only_people_met(season: &Season) {
    let met = tablemates(&season.plan, &season.guests[0], &season.guests);
    let stranger = season.guests[1..PEOPLE - ABSENT].iter().find(|guest| met.iter().all(|mate| mate.code != guest.code)).unwrap();
    let me = season.client(0);
    let ask = |code: &str| me.post("/connections", json!({"code": code, "context": "I would like to hear more of it."}));
    ask(&stranger.code).await.fails(403, "forbidden");
    ask("ZZZZZZZZ").await.fails(403, "forbidden");
}
