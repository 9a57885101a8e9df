use crate::problem::Problem;

/// Prefers tables where people have not met: each meeting of two who know each other costs, the more the fresher.
/// Who is kept together by the host is exempt.
pub(super) fn pair(problem: &Problem, a: usize, b: usize) -> i64 {
    if problem.same_group(a, b) {
        return 0;
    }
    -problem.whole(problem.weights.novelty * problem.known.get(a, b))
}

#[cfg(test)]
mod tests {
    use crate::draft::{Person, Rule};
    use crate::objectives::by_hand::{names, problem};

    #[test]
    fn knowing_each_other_costs_unless_kept_together() {
        let rules = vec![
            Rule::Known { members: names(&["Ada", "Bo"]), times: 0.5 },
            Rule::Known { members: names(&["Bo", "Ada"]), times: 2.0 },
            Rule::Known { members: names(&["Luca", "Mei"]), times: 1.0 },
            Rule::Together { members: names(&["Luca", "Mei"]) },
        ];
        let problem = problem(["Ada", "Bo", "Luca", "Mei"].map(Person::new).into(), rules);
        assert_eq!(problem.value(super::pair(&problem, 0, 1)), -0.4, "named twice, the larger number counts: 2 × 0.2");
        assert_eq!(super::pair(&problem, 0, 2), 0);
        assert_eq!(super::pair(&problem, 2, 3), 0);
    }
}
