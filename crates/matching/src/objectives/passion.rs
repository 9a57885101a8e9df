use crate::problem::{Problem, common_topics, triangle};

/// Seats people who care about the same things together, the more the rarer the passion and the stronger they feel.
///
/// A person is a vector of `level × ln(1 + N / holders)` over topics, and where the families of topics are known, of half as
/// much over families, by the strongest passion in each; a pair is worth the cosine of the two.
pub(super) fn pair(problem: &Problem, a: usize, b: usize) -> i64 {
    problem.whole(problem.weights.passion * affinity(problem, a, b))
}

pub(crate) fn affinity(problem: &Problem, a: usize, b: usize) -> f64 {
    match &problem.affinities {
        Some(given) => given[triangle(problem.people.len(), a, b)],
        // Both ways round the sum runs in order of topic, so the pair has one value.
        None => common_topics(&problem.tastes[a], &problem.tastes[b]).map(|(x, y)| x.part * y.part).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::Person;
    use crate::objectives::by_hand;

    #[test]
    fn a_rare_passion_brings_closer_than_a_common_one() {
        let people = vec![
            Person::new("Ada").with_passion("jazz", 2).with_passion("hiking", 1),
            Person::new("Bo").with_passion("jazz", 1),
            Person::new("Luca").with_passion("hiking", 3),
            Person::new("Mei").with_passion("hiking", 1),
        ];
        let problem = by_hand::problem(people, vec![]);
        // jazz: 2 of 4 hold it, ln 3 = 1.0986; hiking: 3 of 4, ln(7/3) = 0.8473.
        // Ada = (2.1972, 0.8473), of length 2.3549; Bo is all jazz, Luca and Mei all hiking, whatever the level.
        assert!((affinity(&problem, 0, 1) - 0.93303).abs() < 1e-5);
        assert!((affinity(&problem, 0, 2) - 0.35980).abs() < 1e-5);
        assert!((affinity(&problem, 2, 3) - 1.0).abs() < 1e-12);
        assert_eq!(affinity(&problem, 1, 3), 0.0);
    }

    #[test]
    fn neighbouring_passions_bring_a_little_closer_and_are_not_shared() {
        let holder = |name: &str, topic: &str| Person::new(name).with_passion(topic, 2);
        let people = vec![holder("Ada", "climbing"), holder("Bo", "hiking"), holder("Cem", "baking"), holder("Dora", "climbing")];
        let families = ["climbing", "hiking"].map(|topic| (topic.to_owned(), "outdoors".to_owned())).into();
        let tables = vec![crate::draft::Table::new("1", 0, 4)];
        let draft = crate::draft::Draft { people, tables, rounds: 1, families, ..Default::default() };
        let problem = Problem::new(draft).expect("the example is sound");
        // Ada: climbing 2 ln 3 = 2.1972, outdoors ln(7/3) = 0.8473; Bo: hiking 2 ln 5 = 3.2189, outdoors 0.8473.
        // 0.8473² = 0.7179 over lengths of 2.3549 and 3.3285.
        assert!((affinity(&problem, 0, 1) - 0.09159).abs() < 1e-5);
        assert!((affinity(&problem, 0, 3) - 1.0).abs() < 1e-12);
        assert_eq!((affinity(&problem, 0, 2), affinity(&problem, 1, 2)), (0.0, 0.0));
        assert!(!problem.share(0, 1) && problem.share(0, 3));
        let pairs = crate::pairs::Pairs::new(&problem);
        assert!(!pairs.share(0, 1) && pairs.share(0, 3));
        assert_eq!(pairs.pair(0, 1).first(), super::pair(&problem, 0, 1));
        assert_eq!(crate::theme(&problem, &[0, 1]), crate::Theme::Mixed);
    }
}
