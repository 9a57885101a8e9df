//! A filled-in view of every page: what the tests draw. One file for each group of pages; what several show is in `world`.

mod event;
mod introductions;
mod my_table;
mod own;
mod people;
mod person;
mod prompts;
mod staff;
mod world;

use convivio_domain::Locale;

use super::Page;
use world::World;

/// Each by a name, in the reader's language.
pub(crate) fn samples(locale: Locale) -> Vec<(&'static str, Page)> {
    let world = World::of(locale);
    let of_pages = [
        event::samples,
        my_table::samples,
        people::samples,
        introductions::samples,
        person::samples,
        own::samples,
        prompts::samples,
        staff::samples,
    ];
    of_pages.into_iter().flat_map(|samples| samples(&world)).collect()
}
