//! The plan as JSON.

use serde_json::{Map, Value, json};

use crate::check::Infeasible;
use crate::problem::Problem;
use crate::solve::{ALGORITHM, Options, Seating};
use crate::theme::{Theme, theme};

/// `{"rounds": [{table: [ids]}], "objective": x, …}`.
pub fn plan(problem: &Problem, options: &Options, seating: &Seating) -> Value {
    let by_table = |what: &dyn Fn(&[usize]) -> Value| -> Vec<Value> {
        let round = |tables: &Vec<Vec<usize>>| {
            let entries = problem.tables.iter().zip(tables).map(|(table, members)| (table.id.clone(), what(members)));
            Value::Object(entries.collect::<Map<_, _>>())
        };
        seating.rounds.iter().map(round).collect()
    };
    let id = |person: usize| problem.people[person].id.as_str();
    let score = &seating.score;
    json!({
        "rounds": by_table(&|members| members.iter().map(|person| id(*person)).collect()),
        "themes": by_table(&|members| match theme(problem, members) {
            Theme::Topic(topic) => topic.into(),
            Theme::Mixed => "mixed".into(),
        }),
        "objective": score.total,
        "bound": score.bound,
        "random": score.random,
        "by_objective": score.by_objective.iter().map(|(objective, value)| (objective.name().to_owned(), json!(value))).collect::<Map<_, _>>(),
        "worst_seated": score.worst_seated.iter().map(|worst| json!({"id": id(worst.person), "worth": worst.worth})).collect::<Vec<_>>(),
        "isolated": score.isolated,
        "repeats": score.repeats,
        "algorithm": ALGORITHM,
        "seed": options.seed,
        "moves": seating.moves,
        "stopped_early": seating.stopped_early,
    })
}

/// `{"infeasible": true, "reason": …, "conflicts": […]}`.
pub fn refusal(problem: &Problem, infeasible: &Infeasible) -> Value {
    let conflict = |conflict: &crate::Conflict| {
        json!({
            "rule": conflict.rule,
            "participants": conflict.people.iter().map(|person| problem.people[*person].id.as_str()).collect::<Vec<_>>(),
            "tables": conflict.tables.iter().map(|table| problem.tables[*table].id.as_str()).collect::<Vec<_>>(),
            "relax": conflict.relax,
        })
    };
    json!({
        "infeasible": true,
        "reason": infeasible.sentence,
        "code": infeasible.reason.code(),
        "proven": infeasible.reason.is_proven(),
        "conflicts": infeasible.conflicts.iter().map(conflict).collect::<Vec<_>>(),
    })
}
