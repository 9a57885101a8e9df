use convivio_matching::instance::{draft, plan, refusal};
use convivio_matching::objectives::Objective;
use convivio_matching::{Aim, Flow, Options, Problem, solve};
use proptest::prelude::*;
use serde_json::json;

fn read(value: &serde_json::Value) -> Result<Problem, Vec<String>> {
    let told = |mistakes: Vec<convivio_matching::Mistake>| mistakes.iter().map(ToString::to_string).collect::<Vec<_>>();
    draft(&value.to_string(), Aim::Plain).map_err(told)?.problem().map_err(told)
}

fn event() -> serde_json::Value {
    json!({
        "name": "supper", "kind": "passions", "rounds": 2,
        "participants": [
            {"id": "a", "org": "Bank", "passions": {"jazz": 3, "hiking": 1}}, {"id": "b", "org": "Bank", "passions": {"jazz": 1}},
            {"id": "c", "passions": {"hiking": 2}}, {"id": "d"}
        ],
        "tables": [{"id": "x", "min": 2, "max": 2}, {"id": "y", "min": 2, "max": 2}],
        "constraints": {"together": [], "apart": [["a", "d"]], "known": [["a", "b"]]},
        "objective": {"lambda_repeat": 1.0, "pen_same_org": 0.05, "pen_known": 0.2}
    })
}

#[test]
fn an_event_becomes_a_plan() {
    let problem = read(&event()).expect("the file is sound");
    let options = Options::seeded(1).with_moves(2_000);
    let seating = solve(&problem, &options, |_| Flow::Continue).expect("a seating exists");
    // a and d are never together, so the two rounds are ab|cd and ac|bd: 0.9330 for jazz, less 0.25 for who know each
    // other from work, and 0.3598 for hiking (see the example of the passion objective for the lengths).
    let plan = plan(&problem, &options, &seating);
    let expected = plan["by_objective"][Objective::Passion.name()].as_f64().expect("a number") - 0.25;
    assert!((plan["objective"].as_f64().expect("a number") - expected).abs() < 1e-9);
    assert_eq!((plan["repeats"].clone(), plan["rounds"].as_array().map(Vec::len)), (json!(0), Some(2)));
    let mut met: Vec<String> = Vec::new();
    for members in
        plan["rounds"].as_array().into_iter().flatten().flat_map(|round| round.as_object().into_iter().flat_map(|tables| tables.values()))
    {
        met.push(members.as_array().into_iter().flatten().filter_map(|id| id.as_str()).collect());
    }
    met.sort();
    assert_eq!(met, ["ab", "ac", "bd", "cd"]);
}

#[test]
fn a_refusal_names_people_by_their_ids() {
    let mut event = event();
    event["constraints"]["together"] = json!([["a", "d"]]);
    let problem = read(&event).expect("the file is sound");
    let refused = solve(&problem, &Options::seeded(1), |_| Flow::Continue).expect_err("a and d cannot be both");
    let refused = refusal(&problem, &refused);
    assert_eq!((refused["infeasible"].clone(), refused["code"].clone()), (json!(true), json!("together_and_apart")));
    assert_eq!(refused["conflicts"][0]["participants"], json!(["a", "d"]));
}

#[test]
fn every_mistake_is_told_with_its_place() {
    type Spoil = fn(&mut serde_json::Value);
    let cases: [(Spoil, &str); 16] = [
        (|e| e["constraints"]["apart"][0][1] = json!("zoe"), "constraints.apart[0][1]: no participant has the id \"zoe\""),
        (|e| e["constraints"]["apart"] = json!([["a", "a"]]), "constraints.apart[0]: names the same person twice"),
        (|e| e["constraints"]["known"] = json!([["a", 7]]), "constraints.known[0][1]: must be a text"),
        (|e| e["constraints"]["fixed"] = json!([{"id": "a", "table": "z"}]), "constraints.fixed[0].table: no table has the id \"z\""),
        (
            |e| e["constraints"]["fixed"] = json!([{"id": "a", "table": "x", "round": 3}]),
            "constraints.fixed[0].round: there is no round 3; the event has 2",
        ),
        (|e| e["participants"][2]["id"] = json!("a"), "participants[2].id: \"a\" is already participants[0]"),
        (|e| e["participants"][0]["passions"]["jazz"] = json!(4), "participants[0].passions.jazz: level must be 1 to 3"),
        (|e| (e["participants"], e["constraints"]) = (json!([]), json!({})), "participants: there is nobody to seat"),
        (|e| e["tables"][1]["min"] = json!(3), "tables[1].min: 3 is above the table's max of 2"),
        (|e| e["tables"][1]["max"] = json!(-2), "tables[1].max: must be a whole number"),
        (|e| e["rounds"] = json!(0), "rounds: must be a whole number from 1"),
        (|e| e["rounds"] = json!(4_000_000_000u64), "rounds: must be 1 to 100, not 4000000000"),
        (|e| e["objective"]["pen_known"] = json!(-1), "objective.pen_known: must not be negative"),
        (|e| e["weights"] = json!([1, 2, 3]), "weights: 4 people make 6 pairs, but 3 numbers are given"),
        (|e| e["weights"] = json!([1, 2, 3, 4, 5, -6]), "weights[5]: must be a number from 0 to 1e12, not -6"),
        (|e| e["kind"] = json!("bridge"), "kind: must be passions, mdgp or golf"),
    ];
    for (spoil, message) in cases {
        let mut event = event();
        spoil(&mut event);
        let told = read(&event).expect_err(message);
        assert_eq!(told, [message]);
    }
    let mut event = event();
    event["participants"][1]["passions"]["jazz"] = json!(0);
    event["tables"][0]["min"] = json!("two");
    let told = read(&event).expect_err("a level and a minimum are wrong");
    assert_eq!(told.len(), 2, "all mistakes at once");
}

#[test]
fn a_matrix_replaces_passions_and_golf_counts_repeats_alone() {
    let mut matrix = event();
    matrix["kind"] = json!("mdgp");
    matrix["rounds"] = json!(1);
    matrix["constraints"] = json!({});
    matrix["weights"] = json!([10, 20, 5, 7.5, 0, 1]);
    matrix["objective"] = json!({"lambda_repeat": 0});
    let solved =
        |event| solve(&read(&event).expect("the file is sound"), &Options::seeded(1), |_| Flow::Continue).expect("a seating exists");
    assert_eq!(solved(matrix.clone()).score.total, 20.0, "a with c, b with d");
    matrix["kind"] = json!("golf");
    matrix["rounds"] = json!(4);
    matrix["objective"] = json!({"lambda_repeat": 1});
    matrix["weights"].take();
    let golf = solved(
        json!({"kind": "golf", "rounds": 4, "participants": matrix["participants"], "tables": matrix["tables"], "objective": {"lambda_repeat": 1}}),
    );
    assert_eq!(
        (golf.score.total, golf.score.repeats, golf.score.bound),
        (-2.0, 2, -2.0),
        "three rounds are new, the fourth repeats both pairs"
    );
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}", cut in 0usize..400) {
        let _ = draft(&text, Aim::Fair);
        let _ = convivio_matching::instance::people(&text);
        let event = event().to_string();
        let cut = event.chars().take(cut).collect::<String>() + &text;
        if let Ok(file) = draft(&cut, Aim::Fair) {
            let _ = file.problem();
        }
    }
}
