//! What each two of a part are worth to each other, as one square of numbers.

use crate::arrange::Arrangement;
use crate::pairs::Pairs;
use crate::problem::Problem;

/// What each pair of bodies is worth at one table in this round, given who meets in the others.
pub(crate) fn values(
    problem: &Problem,
    pairs: &Pairs,
    arrangements: &[Arrangement],
    round: usize,
    groups: &[u32],
    sizes: &[u16],
) -> Vec<i32> {
    let n = groups.len();
    let members = |body: usize| problem.hard.groups[groups[body] as usize].iter().map(|person| *person as usize);
    let between = |a: usize, b: usize, worth: &dyn Fn(usize, usize) -> i64| -> i32 {
        let sum: i64 = members(a).flat_map(|x| members(b).map(move |y| (x, y))).map(|(x, y)| worth(x, y)).sum();
        i32::try_from(sum).expect("the scale keeps what a table is worth below two billions")
    };
    let people: Vec<usize> = (0..n).flat_map(members).collect();
    let among = pairs.among(&people);
    let mut values = if people.len() == n { among } else { gathered(&among, people.len(), sizes) };
    for body in 0..n {
        values[body * n + body] = 0;
    }
    let mut places: Vec<(u16, u16)> = Vec::with_capacity(n);
    for elsewhere in (0..arrangements.len()).filter(|other| *other != round) {
        places.clear();
        places.extend((0u16..).zip(groups).map(|(body, group)| (arrangements[elsewhere][*group as usize], body)));
        places.sort_unstable();
        for table in places.chunk_by(|x, y| x.0 == y.0) {
            for (i, (_, a)) in table.iter().enumerate() {
                for (_, b) in &table[i + 1..] {
                    let (a, b) = (*a as usize, *b as usize);
                    let value = between(a, b, &|x, y| pairs.again(x, y));
                    values[a * n + b] = value;
                    values[b * n + a] = value;
                }
            }
        }
    }
    values
}

/// What people are worth to each other, added up for the bodies they make one after another.
fn gathered(among: &[i32], people: usize, sizes: &[u16]) -> Vec<i32> {
    let n = sizes.len();
    // Where bodies of one person follow each other, their numbers are copied as they stand.
    let mut runs: Vec<(usize, usize, usize)> = Vec::new();
    let mut person = 0;
    for (body, size) in sizes.iter().enumerate() {
        match runs.last_mut() {
            Some((first, from, length)) if *size == 1 && *first + *length == body && *from + *length == person => *length += 1,
            _ => runs.extend((0..*size as usize).map(|member| (body, person + member, 1))),
        }
        person += *size as usize;
    }
    let mut values = vec![0; n * n];
    let body_of = (0..n).flat_map(|body| std::iter::repeat_n(body, sizes[body] as usize));
    for (row, body) in among.chunks_exact(people).zip(body_of) {
        let sums = &mut values[body * n..][..n];
        for (first, from, length) in &runs {
            for (sum, worth) in sums[*first..][..*length].iter_mut().zip(&row[*from..][..*length]) {
                *sum += worth;
            }
        }
    }
    values
}
