//! Two people are brought together by a third, whom both know.

use super::*;

const WHY: &str = "You both walk along rivers on Sundays.";

/// Somebody with three people they met, of whom the first two never sat with each other.
struct Company {
    introducer: usize,
    one: usize,
    other: usize,
    third: usize,
}

impl Company {
    fn of(season: &Season) -> Company {
        for introducer in answering().filter(|n| *n != HIDDEN) {
            let is_known = |n: &usize| answers(*n) && *n != HIDDEN;
            let mates: Vec<usize> = met_by(season, introducer).into_iter().filter(is_known).collect();
            for one in &mates {
                let theirs = met_by(season, *one);
                let other = mates.iter().find(|other| *other != one && !theirs.contains(other));
                let third = mates.iter().find(|third| *third != one && Some(*third) != other);
                if let (Some(other), Some(third)) = (other, third) {
                    return Company { introducer, one: *one, other: *other, third: *third };
                }
            }
        }
        panic!("nobody met three people of whom two have not met: {}", season.plan);
    }
}

/// Those who sat with somebody, by their places in the list.
fn met_by(season: &Season, n: usize) -> Vec<usize> {
    tablemates(&season.plan, &season.guests[n], season.present()).iter().map(|mate| season.place(&mate.code)).collect()
}

/// One asks, the other agrees; until then no address is told, and afterwards none either, for one of them would rather not.
async fn connect(season: &Season, asking: usize, asked: usize) {
    let ask = |code: &str, exchange: bool| json!({"code": code, "context": "We spoke of looms and rivers.", "exchange": exchange});
    let (me, them) = (season.client(asking), season.client(asked));
    let (mine, theirs) = (&season.guests[asking], &season.guests[asked]);
    let requested = me.post("/connections", ask(&theirs.code, true)).await.ok(201);
    assert_eq!((&requested["state"], requested.get("email")), (&json!("requested"), None));
    let incoming = them.all("/connections").await;
    let incoming = incoming.iter().find(|one| one["incoming"] == true && one["code"] == mine.code.as_str()).expect("they were asked");
    assert_eq!(incoming.get("email"), None, "one yes moves nothing");
    let agreed = them.post("/connections", ask(&mine.code, false)).await.ok(201);
    assert_eq!((&agreed["state"], agreed.get("email")), (&json!("connected"), None));
}

async fn propose(season: &Season, company: &Company, with: usize) -> Value {
    let codes = json!([season.guests[company.one].code, season.guests[with].code]);
    season.client(company.introducer).post("/introductions", json!({"codes": codes, "why": WHY})).await.ok(201)
}

async fn answer(season: &Season, n: usize, proposed: &Value, verb: &str) -> Answer {
    season.client(n).post(&format!("/introductions/{}/{verb}", proposed["id"].as_str().unwrap()), json!({})).await
}

/// All that somebody is told and was mailed holds nothing of where the other is to be found.
async fn nothing_moved(season: &Season, reader: usize, other: usize) {
    season.app.run_due().await;
    let (reader, me, other) = (&season.guests[reader], season.client(reader), &season.guests[other]);
    for path in ["/introductions", "/connections", "/encounters", "/prompts"] {
        let told = json!(me.all(path).await).to_string();
        assert!(!told.contains(&other.email), "{path} tells {} where {} is: {told}", reader.name, other.name);
    }
    let mails = season.relay.mails().to(&reader.email);
    assert!(mails.0.iter().all(|mail| !mail.mentions(&other.email)), "{:?}", mails.outline());
    assert!(mails.kind("introduction").is_empty(), "{:?}", mails.outline());
}

pub(super) async fn sr_42_sr_46_sr_41_brought_together_with_both_consents(season: &Season) {
    let company = Company::of(season);
    let Company { introducer, one, other, third } = company;
    for asked in [one, other, third] {
        connect(season, introducer, asked).await;
    }
    // Four are in touch now: of so few nobody is told.
    let report = season.app.get(&season.event.at("/report")).await.ok(200);
    assert!(report["connected"].is_null() && report["keeping"].as_i64() > Some(30), "{report}");

    let proposed = propose(season, &company, other).await;
    assert_eq!(proposed["state"], "awaiting_both");
    for (reader, met) in [(one, other), (other, one)] {
        nothing_moved(season, reader, met).await;
        let seen = season.client(reader).all("/introductions").await;
        assert_eq!((&seen[0]["why"], &seen[0]["introducer"]), (&json!(WHY), &json!(season.guests[introducer].name)));
        assert_eq!(each(&seen[0]["people"], "name"), [season.guests[met].name.as_str()]);
        assert!(!json!(seen).to_string().contains(&season.guests[met].code), "nor by which they could be asked: {seen:?}");
    }
    // One yes changes nothing for anybody else.
    let (to_introducer, to_other) =
        (season.client(introducer).all("/introductions").await, season.client(other).all("/introductions").await);
    assert_eq!(answer(season, one, &proposed, "accept").await.ok(200)["state"], "awaiting_both");
    assert_eq!(season.client(introducer).all("/introductions").await, to_introducer);
    assert_eq!(season.client(other).all("/introductions").await, to_other);
    nothing_moved(season, one, other).await;
    nothing_moved(season, other, one).await;

    assert_eq!(answer(season, other, &proposed, "accept").await.ok(200)["state"], "sent");
    season.app.run_due().await;
    for (reader, met) in [(one, other), (other, one)] {
        let mails = season.relay.mails().to(&season.guests[reader].email).kind("introduction");
        let (mail, met) = (mails.only(), &season.guests[met]);
        for words in [met.email.as_str(), &met.name, &season.guests[introducer].name, WHY] {
            assert!(mail.mentions(words), "{words} is not in {}", mail.text);
        }
        let kept = season.client(reader).all("/connections").await;
        let known = kept.iter().find(|known| known["code"] == met.code.as_str()).expect("they keep in touch");
        let through = &season.guests[introducer].name;
        assert_eq!((&known["state"], &known["met_through"], &known["email"]), (&json!("connected"), &json!(through), &json!(met.email)));
    }
    assert!(season.relay.mails().to(&season.guests[introducer].email).kind("introduction").is_empty());
    a_no_is_silent(season, &company).await;
}

/// Who says no is asked no more, and to the two others it looks as if they had not answered.
async fn a_no_is_silent(season: &Season, company: &Company) {
    let Company { introducer, one, third, .. } = *company;
    let before = season.relay.mails().kind("introduction").len();
    let proposed = propose(season, company, third).await;
    let (to_introducer, to_third) =
        (season.client(introducer).all("/introductions").await, season.client(third).all("/introductions").await);
    answer(season, one, &proposed, "decline").await.ok(204);
    let left = season.client(one).all("/introductions").await;
    assert!(left.iter().all(|row| row["id"] != proposed["id"]), "{left:?}");
    assert_eq!(season.client(introducer).all("/introductions").await, to_introducer);
    assert_eq!(season.client(third).all("/introductions").await, to_third);
    let accepted = answer(season, third, &proposed, "accept").await.ok(200);
    assert_eq!((&accepted["state"], &accepted["agreed"]), (&json!("awaiting_both"), &json!(true)));
    assert_eq!(season.client(introducer).all("/introductions").await, to_introducer);
    nothing_moved(season, third, one).await;
    assert_eq!(season.relay.mails().kind("introduction").len(), before);
}
