//! A list of people as spreadsheets write it.

use crate::draft::{Mistake, Person};

/// Columns by the names people give them, in lower case.
const ID: [&str; 2] = ["id", "code"];
const NAME: [&str; 3] = ["name", "full name", "nome"];
const UNIT: [&str; 7] = ["unit", "org", "organisation", "organization", "company", "team", "azienda"];
const PASSIONS: [&str; 4] = ["passions", "topics", "interests", "passioni"];
const OFFERS: [&str; 3] = ["offers", "offer", "offre"];
const NEEDS: [&str; 3] = ["needs", "need", "cerca"];
const LANGUAGES: [&str; 3] = ["languages", "language", "lingue"];
const ACCESSIBLE: [&str; 2] = ["accessible", "accessibile"];

/// Reads people from text with a header row: `id` or `name`, and any of `unit`, `passions` (`jazz:3;hiking`, the level
/// being 2 when not said), `offers`, `needs`, `languages`, `accessible`. Several things in one cell are separated by
/// `;` or `|`. Columns may be separated by comma, semicolon or tab.
pub fn people(text: &str) -> Result<Vec<Person>, Vec<Mistake>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter(text)).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|err| vec![mistake(1, "", err.to_string())])?.clone();
    let column = |names: &[&str]| header.iter().position(|title| names.contains(&title.to_lowercase().as_str()));
    let (id, name) = (column(&ID), column(&NAME));
    if id.is_none() && name.is_none() {
        return Err(vec![mistake(1, "", "the header needs a column named id or name".into())]);
    }
    let [unit, passions, offers, needs, languages, accessible] =
        [&UNIT[..], &PASSIONS[..], &OFFERS[..], &NEEDS[..], &LANGUAGES[..], &ACCESSIBLE[..]].map(column);
    let (mut people, mut mistakes) = (Vec::new(), Vec::new());
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(err) => {
                mistakes.push(mistake(err.position().map_or(0, csv::Position::line), "", err.to_string()));
                break;
            }
        };
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |column: Option<usize>| column.and_then(|column| row.get(column)).unwrap_or_default();
        let called = if cell(name).is_empty() { cell(id) } else { cell(name) };
        let known_as = if cell(id).is_empty() { called } else { cell(id) };
        if known_as.is_empty() {
            if row.iter().any(|cell| !cell.is_empty()) {
                mistakes.push(mistake(line, "", "neither id nor name is filled in".into()));
            }
            continue;
        }
        let mut person = Person { name: called.into(), ..Person::new(known_as) };
        person.unit = Some(cell(unit)).filter(|unit| !unit.is_empty()).map(str::to_owned);
        for passion in entries(cell(passions)) {
            match level(passion) {
                Some((topic, level)) => drop(person.passions.insert(topic.to_lowercase(), level)),
                None => {
                    mistakes.push(mistake(line, "passions", format!("{passion:?}: write a topic, or topic:level with a level from 1 to 3")))
                }
            }
        }
        person.offers = entries(cell(offers)).map(str::to_owned).collect();
        person.needs = entries(cell(needs)).map(str::to_owned).collect();
        person.languages = entries(cell(languages)).map(str::to_lowercase).collect();
        person.accessible = ["yes", "true", "1", "x", "si", "sì"].contains(&cell(accessible).to_lowercase().as_str());
        people.push(person);
    }
    mistakes.truncate(100);
    if mistakes.is_empty() { Ok(people) } else { Err(mistakes) }
}

fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    // Commas first among equals, as they are the usual.
    [b';', b'\t', b','].into_iter().max_by_key(|delimiter| header.bytes().filter(|byte| byte == delimiter).count()).unwrap_or(b',')
}

fn entries(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', '|']).map(str::trim).filter(|entry| !entry.is_empty())
}

fn level(passion: &str) -> Option<(&str, u8)> {
    match passion.rsplit_once(':') {
        None => Some((passion, 2)),
        Some((topic, level)) => {
            let level = level.trim().parse().ok().filter(|level| (1..=3).contains(level))?;
            Some((topic.trim(), level)).filter(|(topic, _)| !topic.is_empty())
        }
    }
}

fn mistake(line: u64, column: &str, message: String) -> Mistake {
    let path = if column.is_empty() { format!("line {line}") } else { format!("line {line}, {column}") };
    Mistake { path, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreadsheets_are_read_as_they_come() {
        let text =
            "\u{feff}Name;Company;Passions;Offers;Needs\r\nAda;Bank;\"jazz:3;hiking\";book-keeping;\r\n\r\nBo;;Jazz;;web site | taxes\r\n";
        let people = people(text).expect("the file is sound");
        assert_eq!(people.len(), 2);
        assert_eq!((people[0].id.as_str(), people[0].unit.as_deref()), ("Ada", Some("Bank")));
        assert_eq!(
            people[0].passions.iter().map(|(topic, level)| (topic.as_str(), *level)).collect::<Vec<_>>(),
            [("hiking", 2), ("jazz", 3)]
        );
        assert_eq!(people[1].needs, ["web site", "taxes"]);
        assert_eq!(people[1].unit, None);
    }

    #[test]
    fn every_wrong_cell_is_named_by_its_line() {
        let mistakes = people("id,passions\na,jazz:9\nb,:2\n,jazz\n").expect_err("three rows are wrong");
        let told: Vec<String> = mistakes.iter().map(|mistake| mistake.path.clone()).collect();
        assert_eq!(told, ["line 2, passions", "line 3, passions", "line 4"]);
        assert!(people("colour,size\nred,3\n").is_err());
        assert!(people("").is_err());
    }
}
