//! The drawing of a plan, and the cards that are printed from it.

use std::collections::BTreeSet;

use crate::support::*;

#[rstest]
#[tokio::test]
async fn a_picture_shows_everybody_once_in_every_round(#[values(4, 23)] many: usize, #[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let guests = app.add_many(&event, many).await;
    let everybody: BTreeSet<_> = guests.iter().map(|guest| guest.name.clone()).collect();
    let plan = app.plan(&event).await;

    let svg = app.get(&rosters(&event, &plan, "svg")).await.ok_page();
    let rounds = drawn(&svg);
    assert_eq!(rounds.len(), 2);
    for (tables, planned) in rounds.iter().zip(plan["rounds"].as_array().unwrap()) {
        assert_eq!(tables.iter().map(|table| table.seats.len()).sum::<usize>(), many, "somebody sits twice or not at all");
        let seated: BTreeSet<_> = tables.iter().flat_map(|table| &table.seats).map(|seat| seat.who().to_owned()).collect();
        assert_eq!(seated, everybody);
        for (table, planned) in tables.iter().zip(planned["tables"].as_array().unwrap()) {
            let members: BTreeSet<_> = each(&planned["members"], "name").into_iter().collect();
            assert_eq!(table.seats.iter().map(Seat::who).collect::<BTreeSet<_>>(), members);
            let theme = planned["theme"]["labels"]["en"].as_str().unwrap_or("a bit of everything");
            assert!(table.words.contains(&format!("Table {}", planned["table"])), "{:?} has no number", table.words);
            assert!(table.words.iter().any(|words| words == theme), "a colour alone says {theme}: {:?}", table.words);
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_picture_is_an_image_that_loads_and_runs_nothing(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.add_many(&event, 5).await;
    let plan = app.planned(&event).await;
    let picture = app.get(&rosters(&event, &plan, "svg")).await;
    let svg = picture.ok_page();
    assert_eq!(picture.header("content-type"), Some("image/svg+xml"));
    let page = app.visitor().get("/").await;
    for header in ["cache-control", "referrer-policy", "x-content-type-options"] {
        assert!(page.header(header).is_some() && picture.header(header) == page.header(header), "{header}");
    }
    let policy = picture.header("content-security-policy").expect("a policy");
    for part in ["default-src 'none'", "style-src 'none'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
    let document = roxmltree::Document::parse(&svg).expect("well-formed XML");
    let root = document.root_element();
    assert_eq!((root.tag_name().name(), root.attribute("role")), ("svg", Some("img")));
    let said: Vec<_> = root.children().filter(|node| node.is_element()).take(2).collect();
    assert_eq!(said.iter().map(|node| node.tag_name().name()).collect::<Vec<_>>(), ["title", "desc"]);
    assert!(said.iter().all(|node| node.text().is_some_and(|text| text.len() > 10)), "{said:?}");
    let ids: BTreeSet<_> = said.iter().filter_map(|node| node.attribute("id")).collect();
    assert_eq!(root.attribute("aria-labelledby").map(|ids| ids.split(' ').collect()), Some(ids));
    let outside = document.descendants().flat_map(|node| node.attributes()).filter(|attribute| attribute.name() == "href").count();
    assert_eq!(outside, 0, "{svg}");
}

#[rstest]
#[tokio::test]
async fn a_hostile_name_is_only_drawn(#[values("svg", "html")] format: &str, #[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event_with("may", json!({"title": {"en": "</title><script>alert(0)</script>"}})).await;
    let hostile =
        ["<script>alert(1)</script>", "]]></svg>&amp;\"'><b onload=x>", "{{ 7 * 7 }} {% raw %}", "\u{fffe}O\u{ffff}'Hara", "<!--"];
    for (n, name) in hostile.into_iter().enumerate() {
        let hostile = json!({"name": name, "headline": name, "visibility": {"headline": "event"}});
        app.add(&event, &filled(person(&format!("Hostile {n}")), hostile)).await;
    }
    let plan = app.planned(&event).await;
    let page = app.get(&rosters(&event, &plan, format)).await.ok_page();
    for run in ["<script", "</svg>&", "<b onload", "<!--", " 49 "] {
        assert!(!page.contains(run), "{run} in {page}");
    }
    if format == "svg" {
        for tables in drawn(&page) {
            let names: BTreeSet<_> = tables.iter().flat_map(|table| &table.seats).map(|seat| seat.title.clone()).collect();
            for name in hostile {
                // What XML cannot hold is drawn as what nobody can read.
                let name = name.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
                assert!(names.iter().any(|title| title.starts_with(&name)), "{name} is not among {names:?}");
            }
        }
    }
}

#[rstest]
#[tokio::test]
async fn pictures_and_cards_keep_what_people_keep(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.add_many(&event, 3).await;
    let keeping = json!({
        "passions": [{"passion": "swing-dance", "level": 3}], "headline": "Chief Accountant", "offers": ["piano lessons"],
        "visibility": {"name": "none", "passions": "none", "headline": "none", "offers": "none"},
    });
    let keeping = app.add(&event, &filled(person("Xenia Keeping"), keeping)).await;
    let plan = app.planned(&event).await;

    let svg = app.get(&rosters(&event, &plan, "svg")).await.ok_page();
    for tables in drawn(&svg) {
        let hers: Vec<_> = tables.iter().flat_map(|table| &table.seats).filter(|seat| seat.title.contains(&keeping.code)).collect();
        assert_eq!(hers.len(), 1, "she finds her seat by her code");
        assert_eq!(hers[0].title, keeping.code, "and nobody reads why she sits there");
    }
    let page = app.get(&rosters(&event, &plan, "html")).await.ok_page();
    for kept in ["Swing dancing", "Chief Accountant", "piano lessons"] {
        assert!(!svg.contains(kept) && !page.contains(kept), "{kept} is shown");
    }
    assert!(!svg.contains("Xenia"));
    assert_eq!(page.matches("Xenia Keeping").count(), 2, "staff know her name: on the roster of each round, and nowhere else");
    let cards = ["<article class=\"person-card", "<article class=\"table-card"].map(|card| page.split(card).skip(1));
    for card in cards.into_iter().flatten() {
        assert!(!card.split("</article>").next().unwrap_or_default().contains("Xenia"), "{card}");
    }
}

#[rstest]
#[tokio::test]
async fn a_picture_gives_reasons_to_those_who_may_read_them(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let bookkeeping = |name: &str, part: Value| {
        let visibility = json!({"visibility": {"offers": "tablemates", "needs": "tablemates"}});
        filled(filled(person(name), part), visibility)
    };
    app.add(&event, &bookkeeping("Ada Gives", json!({"offers": ["bookkeeping"]}))).await;
    app.add(&event, &bookkeeping("Bo Needs", json!({"needs": [{"text": "bookkeeping"}]}))).await;
    app.add(&event, &person("Luca Third")).await;
    let plan = app.planned(&event).await;
    let path = rosters(&event, &plan, "svg");
    for (language, climbs, offers) in [
        ("en", "Climbing with Bo Needs and Luca Third", "offers bookkeeping, which Bo Needs is looking for"),
        ("it", "Arrampicata con Bo Needs e Luca Third", "offre bookkeeping, che Bo Needs sta cercando"),
    ] {
        let svg = app.as_role("viewer").await.get(&format!("{path}&locale={language}")).await.ok_page();
        for tables in drawn(&svg) {
            let ada = tables[0].seats.iter().find(|seat| seat.who() == "Ada Gives").expect("she has a seat");
            assert_eq!(ada.title, format!("Ada Gives: {climbs}; {offers}"));
        }
    }
    let door = app.as_role("checkin").await;
    for seat in drawn(&door.get(&path).await.ok_page()).iter().flatten().flat_map(|table| &table.seats) {
        assert!(["Ada Gives", "Bo Needs", "Luca Third"].contains(&seat.title.as_str()), "{} tells the door why", seat.title);
    }
    let page = door.get(&rosters(&event, &plan, "html")).await.ok_page();
    assert!(!page.contains("bookkeeping") && page.contains("<title>Ada Gives</title>"), "{page}");
}

#[rstest]
#[tokio::test]
async fn pictures_and_cards_speak_the_language_asked_for(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    app.add_many(&event, 7).await;
    let plan = app.planned(&event).await;
    for format in ["svg", "html"] {
        let path = rosters(&event, &plan, format);
        let english = app.get(&format!("{path}&locale=en")).await.ok_page();
        let italian = app.get(&format!("{path}&locale=it")).await.ok_page();
        for (en, it) in [("Round 2", "Giro 2"), ("Table 1", "Tavolo 1"), ("Climbing", "Arrampicata"), ("7 people", "7 persone")] {
            assert!(english.contains(en) && !english.contains(it), "{format}: {en}");
            assert!(italian.contains(it) && !italian.contains(en), "{format}: {it}");
        }
        assert_eq!(app.get(&path).await.ok_page(), english, "{format}: the event's language, where none is asked for");
    }
}

#[rstest]
#[tokio::test]
async fn everybody_has_a_card_and_every_table_has_one_a_round(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let mut guests = app.add_many(&event, 12).await;
    let titled = filled(person("Zoe Ledger"), json!({"headline": "Chief Accountant", "visibility": {"headline": "event"}}));
    guests.push(app.add(&event, &titled).await);
    let plan = app.planned(&event).await;
    let page = app.get(&rosters(&event, &plan, "html")).await.ok_page();

    let cards = |class: &str| -> Vec<String> {
        let start = format!("<article class=\"{class}");
        page.split(&start).skip(1).map(|card| card.split("</article>").next().unwrap_or_default().to_owned()).collect()
    };
    let of_people = cards("person-card");
    assert_eq!(of_people.len(), guests.len());
    assert_eq!(page.matches("<div class=\"sheet of-people").count(), 2, "ten to a sheet");
    for guest in &guests {
        let card = of_people.iter().find(|card| card.contains(&guest.code)).unwrap_or_else(|| panic!("{} has no card", guest.name));
        assert!(card.contains(&guest.name), "{card}");
        for round in plan["rounds"].as_array().unwrap() {
            let here = |table: &&Value| each(&table["members"], "code").contains(&guest.code.as_str());
            let table = round["tables"].as_array().unwrap().iter().find(here).expect("a seat in every round");
            let theme = table["theme"]["labels"]["en"].as_str().unwrap_or("a bit of everything");
            assert!(card.contains(&format!("Table {}", table["table"])) && card.contains(theme), "{card}");
        }
    }
    let of_tables = cards("table-card");
    let tables: Vec<&Value> = plan["rounds"].as_array().unwrap().iter().flat_map(|round| round["tables"].as_array().unwrap()).collect();
    assert_eq!(of_tables.len(), tables.len());
    for (card, table) in of_tables.iter().zip(tables) {
        assert!(each(&table["members"], "name").iter().all(|name| card.contains(name)), "{card}");
        if let Some(hers) = card.split("<li class=\"seat\">").find(|seat| seat.contains("Zoe Ledger")) {
            let (passion, name, title) = (hers.find("Climbing"), hers.find("Zoe Ledger"), hers.find("Chief Accountant"));
            assert!(passion.is_some() && passion < name && name < title, "SR-01: passions first, the title last: {hers}");
        }
    }
}

fn rosters(event: &Event, plan: &Value, format: &str) -> String {
    event.at(&format!("/plans/{}/rosters?format={format}", plan["id"].as_str().unwrap()))
}

struct Table {
    /// Everything written at it.
    words: Vec<String>,
    seats: Vec<Seat>,
}

struct Seat {
    title: String,
}

impl Seat {
    /// Without the reason.
    fn who(&self) -> &str {
        self.title.split(": ").next().unwrap_or_default()
    }
}

/// The tables of each round, as a reader of XML finds them.
fn drawn(svg: &str) -> Vec<Vec<Table>> {
    let document = roxmltree::Document::parse(svg).unwrap_or_else(|err| panic!("{err}: {svg}"));
    let of_class = |node: roxmltree::Node, class: &str| -> Vec<_> {
        let ids = node.descendants().filter(|node| node.attribute("class") == Some(class));
        ids.map(|node| node.id()).collect()
    };
    let text = |node: roxmltree::Node| node.descendants().filter(|node| node.is_text()).filter_map(|node| node.text()).collect::<String>();
    let table = |table| {
        let table = document.get_node(table).expect("it was just found");
        let words = table.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text"))).map(text).collect();
        let title = |seat| {
            let seat = document.get_node(seat).expect("it was just found");
            Seat { title: text(seat.first_element_child().expect("a seat has a title")) }
        };
        Table { words, seats: of_class(table, "seat").into_iter().map(title).collect() }
    };
    let round = |round| of_class(document.get_node(round).expect("it was just found"), "table").into_iter().map(table).collect();
    of_class(document.root(), "round").into_iter().map(round).collect()
}
