//! Rounds from which whole schedules are developed, found once by a search of our own (annealing on the number of
//! differences that occur twice) and expanded here. The method is that of difference families: see R. C. Bose, "On the
//! construction of balanced incomplete block designs", Annals of Eugenics 9 (1939). That a schedule for 8 tables of 4 with
//! all of 10 rounds exists was shown by A. Aguado, "A 10 days solution to the social golfer problem" (2004).

/// The cyclic group of this order moves everybody: person `p` is number `p % order` of orbit `p / order`, and those left
/// over stay where they are.
pub(super) struct BaseRounds {
    pub(super) tables: usize,
    pub(super) seats: usize,
    pub(super) order: usize,
    /// How many rounds come of each, and who sits together, table by table. Of a round from which fewer come than the
    /// order, only those tables are given whose images fill the others.
    pub(super) rounds: &'static [(usize, &'static [usize])],
}

#[rustfmt::skip]
pub(super) const BASE_ROUNDS: &[BaseRounds] = &[
    // 15 people, 7 rounds.
    BaseRounds { tables: 5, seats: 3, order: 7, rounds: &[
        (7, &[11, 10, 13, 2, 4, 7, 12, 6, 3, 9, 5, 14, 1, 0, 8]),
    ] },
    // 18 people, 8 rounds.
    BaseRounds { tables: 6, seats: 3, order: 4, rounds: &[
        (4, &[13, 10, 14, 17, 2, 11, 0, 4, 8, 7, 1, 12, 9, 6, 3, 16, 15, 5]),
        (4, &[13, 17, 5, 12, 10, 11, 15, 3, 4, 0, 14, 1, 6, 7, 8, 16, 2, 9]),
    ] },
    // 21 people, 9 rounds.
    BaseRounds { tables: 7, seats: 3, order: 9, rounds: &[
        (9, &[0, 12, 16, 9, 19, 8, 17, 18, 3, 2, 5, 4, 15, 20, 7, 10, 1, 6, 14, 11, 13]),
    ] },
    // 24 people, 11 rounds.
    BaseRounds { tables: 8, seats: 3, order: 11, rounds: &[
        (11, &[9, 2, 10, 11, 8, 15, 21, 20, 18, 0, 19, 13, 1, 7, 17, 12, 6, 23, 16, 4, 22, 5, 14, 3]),
    ] },
    // 30 people, 14 rounds.
    BaseRounds { tables: 10, seats: 3, order: 14, rounds: &[
        (14, &[9, 3, 8, 6, 22, 4, 7, 17, 20, 1, 16, 11, 23, 28, 2, 14, 19, 18, 26, 0, 29, 13, 24, 10, 27, 25, 5, 15, 12, 21]),
    ] },
    // 33 people, 15 rounds.
    BaseRounds { tables: 11, seats: 3, order: 15, rounds: &[
        (15, &[26, 13, 5, 15, 29, 17, 28, 1, 20, 27, 22, 7, 16, 14, 2, 30, 21, 11, 3, 4, 8, 0, 24, 6, 9, 31, 25, 23, 12, 19, 18, 10, 32]),
    ] },
    // 36 people, 17 rounds.
    BaseRounds { tables: 12, seats: 3, order: 17, rounds: &[
        (17, &[4, 1, 24, 16, 6, 31, 15, 34, 20, 26, 19, 27, 0, 28, 17, 10, 11, 29, 7, 5, 13, 14, 2, 23, 9, 25, 21, 12, 22, 8, 35, 3, 33, 32, 30, 18]),
    ] },
    // 39 people, 18 rounds.
    BaseRounds { tables: 13, seats: 3, order: 18, rounds: &[
        (18, &[16, 0, 5, 19, 8, 38, 9, 1, 21, 10, 24, 37, 17, 23, 33, 28, 7, 13, 18, 35, 29, 3, 20, 22, 27, 32, 14, 6, 34, 31, 26, 30, 4, 15, 11, 12, 2, 25, 36]),
    ] },
    // 42 people, 20 rounds.
    BaseRounds { tables: 14, seats: 3, order: 20, rounds: &[
        (20, &[3, 1, 29, 24, 22, 36, 15, 25, 16, 20, 8, 2, 13, 27, 26, 4, 21, 17, 10, 37, 32, 6, 11, 14, 40, 12, 33, 9, 28, 5, 30, 39, 19, 31, 34, 38, 23, 7, 18, 41, 35, 0]),
    ] },
    // 24 people, 7 rounds.
    BaseRounds { tables: 6, seats: 4, order: 7, rounds: &[
        (7, &[5, 13, 1, 6, 12, 15, 2, 21, 11, 9, 8, 20, 19, 0, 17, 16, 22, 3, 14, 7, 18, 23, 4, 10]),
    ] },
    // 28 people, 9 rounds.
    BaseRounds { tables: 7, seats: 4, order: 9, rounds: &[
        (9, &[8, 5, 4, 17, 16, 24, 2, 27, 21, 6, 18, 23, 15, 0, 20, 19, 26, 11, 1, 3, 10, 13, 12, 22, 7, 14, 9, 25]),
    ] },
    // 32 people, 10 rounds.
    BaseRounds { tables: 8, seats: 4, order: 8, rounds: &[
        (4, &[31, 1, 6, 21, 16, 3, 22, 8, 13, 14, 23, 29, 30, 11, 28, 4]),
        (4, &[20, 19, 2, 8, 14, 4, 27, 24, 25, 18, 11, 13, 1, 17, 30, 3]),
        (2, &[19, 30, 22, 31, 1, 2, 13, 10]),
    ] },
    // 36 people, 11 rounds.
    BaseRounds { tables: 9, seats: 4, order: 11, rounds: &[
        (11, &[12, 5, 35, 32, 31, 22, 20, 26, 7, 17, 11, 27, 13, 16, 14, 28, 34, 29, 10, 21, 3, 19, 15, 6, 30, 8, 1, 2, 0, 24, 9, 23, 18, 4, 33, 25]),
    ] },
    // 40 people, 11 rounds.
    BaseRounds { tables: 10, seats: 4, order: 11, rounds: &[
        (11, &[34, 24, 10, 11, 3, 5, 12, 8, 31, 16, 15, 13, 19, 27, 0, 36, 17, 26, 7, 38, 35, 20, 6, 23, 33, 14, 25, 1, 28, 2, 37, 18, 9, 30, 32, 29, 22, 39, 4, 21]),
    ] },
    // 48 people, 14 rounds.
    BaseRounds { tables: 12, seats: 4, order: 14, rounds: &[
        (14, &[31, 24, 8, 43, 40, 38, 30, 29, 2, 44, 22, 41, 9, 7, 10, 36, 16, 21, 4, 12, 26, 11, 28, 18, 1, 15, 46, 33, 27, 5, 35, 0, 45, 23, 37, 13, 25, 6, 34, 47, 19, 32, 17, 20, 42, 14, 39, 3]),
    ] },
    // 56 people, 16 rounds.
    BaseRounds { tables: 14, seats: 4, order: 16, rounds: &[
        (16, &[26, 37, 52, 0, 2, 54, 18, 41, 16, 36, 20, 31, 27, 39, 53, 8, 25, 51, 5, 35, 46, 11, 29, 1, 10, 21, 34, 48, 42, 43, 47, 40, 3, 12, 14, 15, 4, 17, 32, 49, 28, 13, 19, 22, 55, 45, 9, 23, 44, 6, 30, 38, 33, 24, 50, 7]),
    ] },
    // 60 people, 17 rounds.
    BaseRounds { tables: 15, seats: 4, order: 17, rounds: &[
        (17, &[32, 36, 59, 2, 19, 27, 10, 50, 55, 48, 31, 12, 34, 42, 35, 37, 18, 20, 24, 25, 0, 47, 51, 28, 16, 22, 44, 40, 53, 46, 9, 30, 17, 54, 3, 49, 58, 41, 15, 33, 57, 23, 43, 11, 8, 7, 5, 14, 6, 21, 1, 45, 56, 38, 13, 29, 26, 4, 39, 52]),
    ] },
    // 30 people, 6 rounds.
    BaseRounds { tables: 6, seats: 5, order: 6, rounds: &[
        (6, &[1, 9, 3, 26, 27, 11, 14, 16, 6, 2, 25, 17, 12, 19, 29, 21, 22, 8, 10, 24, 0, 23, 7, 28, 13, 15, 5, 18, 4, 20]),
    ] },
    // 50 people, 9 rounds.
    BaseRounds { tables: 10, seats: 5, order: 9, rounds: &[
        (9, &[0, 22, 28, 5, 3, 10, 21, 20, 14, 23, 46, 12, 8, 30, 39, 45, 43, 4, 18, 31, 37, 27, 38, 24, 44, 25, 42, 1, 49, 11, 13, 29, 15, 35, 34, 32, 2, 17, 47, 36, 26, 9, 48, 41, 6, 19, 40, 16, 7, 33]),
    ] },
    // 60 people, 11 rounds.
    BaseRounds { tables: 12, seats: 5, order: 11, rounds: &[
        (11, &[48, 38, 59, 15, 1, 42, 20, 44, 55, 10, 27, 54, 56, 13, 0, 57, 21, 3, 28, 52, 51, 14, 31, 12, 11, 58, 16, 26, 43, 4, 9, 36, 7, 18, 2, 37, 35, 24, 49, 53, 33, 19, 34, 40, 30, 41, 32, 29, 22, 17, 23, 46, 5, 6, 25, 39, 50, 47, 8, 45]),
    ] },
    // 75 people, 14 rounds.
    BaseRounds { tables: 15, seats: 5, order: 14, rounds: &[
        (14, &[40, 10, 29, 61, 53, 17, 20, 52, 7, 15, 54, 0, 66, 42, 6, 43, 34, 16, 36, 2, 68, 47, 55, 35, 50, 19, 25, 62, 58, 57, 51, 5, 22, 32, 74, 1, 39, 30, 38, 27, 37, 59, 9, 67, 48, 11, 33, 18, 49, 12, 4, 65, 8, 23, 63, 24, 46, 69, 13, 73, 3, 21, 70, 28, 56, 72, 64, 14, 44, 41, 26, 71, 60, 45, 31]),
    ] },
    // 60 people, 8 rounds.
    BaseRounds { tables: 10, seats: 6, order: 8, rounds: &[
        (8, &[20, 37, 46, 6, 1, 14, 18, 5, 48, 47, 27, 57, 17, 36, 49, 52, 2, 30, 26, 23, 45, 58, 51, 7, 16, 39, 28, 38, 31, 41, 3, 4, 29, 13, 21, 33, 53, 34, 25, 40, 12, 56, 59, 54, 11, 0, 32, 44, 24, 10, 15, 9, 22, 55, 43, 35, 19, 8, 50, 42]),
    ] },
];
