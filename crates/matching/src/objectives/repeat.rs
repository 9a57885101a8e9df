use crate::problem::Problem;

/// Lets people meet somebody new in every round: each meeting after the first costs. Who is kept together is exempt.
pub(super) fn pair(problem: &Problem, a: usize, b: usize) -> i64 {
    if problem.same_group(a, b) { 0 } else { -problem.whole(problem.weights.repeat) }
}

#[cfg(test)]
mod tests {
    use crate::draft::{Person, Rule};
    use crate::objectives::by_hand::{names, problem};

    #[test]
    fn meeting_again_costs_one() {
        let rules = vec![Rule::Together { members: names(&["Bo", "Mei"]) }];
        let problem = problem(["Ada", "Bo", "Mei"].map(Person::new).into(), rules);
        assert_eq!(problem.value(super::pair(&problem, 0, 1)), -1.0);
        assert_eq!(super::pair(&problem, 1, 2), 0);
    }
}
