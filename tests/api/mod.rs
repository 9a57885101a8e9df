//! What the API answers, resource by resource.

mod attendees;
mod calendar;
mod checkins;
mod conventions;
mod copies;
mod events;
mod mails;
mod members;
mod passions;
mod people;
mod plans;
mod registrations;
mod rounds;
mod sandbox;
mod session;
mod tokens;
