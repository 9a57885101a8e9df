use crate::problem::Problem;

/// Grants wishes to sit together: worth its weight once, the first time the two share a table.
pub(super) fn pair(problem: &Problem, a: usize, b: usize) -> i64 {
    problem.whole(problem.weights.wishes * problem.wishes.get(a, b))
}

#[cfg(test)]
mod tests {
    use crate::draft::{Person, Rule};
    use crate::objectives::by_hand::{names, problem};

    #[test]
    fn a_wish_on_both_sides_counts_twice() {
        let rules = vec![
            Rule::Wish { members: names(&["Ada", "Bo"]), weight: 1.0 },
            Rule::Wish { members: names(&["Bo", "Ada"]), weight: 1.0 },
            Rule::Wish { members: names(&["Ada", "Mei"]), weight: 0.5 },
        ];
        let problem = problem(["Ada", "Bo", "Mei"].map(Person::new).into(), rules);
        assert_eq!(problem.value(super::pair(&problem, 0, 1)), 1.0, "2 × the weight of wishes, 0.5");
        assert_eq!(problem.value(super::pair(&problem, 2, 0)), 0.25);
        assert_eq!(super::pair(&problem, 1, 2), 0);
    }
}
