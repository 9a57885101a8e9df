use crate::problem::Problem;

/// Spares people who would rather not sit together: every meeting costs. (Who must not is a hard rule instead.)
pub(super) fn pair(problem: &Problem, a: usize, b: usize) -> i64 {
    -problem.whole(problem.weights.wishes * problem.reluctance.get(a, b))
}

#[cfg(test)]
mod tests {
    use crate::draft::{Person, Rule};
    use crate::objectives::by_hand::{names, problem};

    #[test]
    fn each_pair_of_the_rule_costs() {
        let rules = vec![Rule::Reluctance { members: names(&["Ada", "Bo", "Mei"]), weight: 2.0 }];
        let problem = problem(["Ada", "Bo", "Mei", "Luca"].map(Person::new).into(), rules);
        assert_eq!(problem.value(super::pair(&problem, 0, 1)), -1.0);
        assert_eq!(problem.value(super::pair(&problem, 2, 1)), -1.0);
        assert_eq!(super::pair(&problem, 0, 3), 0);
    }
}
