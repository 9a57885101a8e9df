use crate::problem::Problem;

/// Mixes organisations: each meeting of two of the same unit costs. Who is kept together by the host is exempt.
pub(super) fn pair(problem: &Problem, a: usize, b: usize) -> i64 {
    if problem.units[a].is_none() || problem.units[a] != problem.units[b] || problem.same_group(a, b) {
        return 0;
    }
    -problem.whole(problem.weights.same_unit)
}

#[cfg(test)]
mod tests {
    use crate::draft::Person;
    use crate::objectives::by_hand::problem;

    #[test]
    fn colleagues_cost_and_people_without_a_unit_do_not() {
        let of = |name: &str, unit: Option<&str>| Person { unit: unit.map(str::to_owned), ..Person::new(name) };
        let people = vec![of("Ada", Some("Bank")), of("Bo", Some("Bank")), of("Luca", None), of("Mei", None)];
        let problem = problem(people, vec![]);
        assert_eq!(problem.value(super::pair(&problem, 0, 1)), -0.05);
        assert_eq!(super::pair(&problem, 0, 2), 0);
        assert_eq!(super::pair(&problem, 2, 3), 0);
    }
}
