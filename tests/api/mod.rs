//! What the API answers, resource by resource.

mod access;
mod attendees;
mod calendar;
mod cancelling;
mod checkins;
mod conventions;
mod copies;
mod decisions;
mod events;
mod importing;
mod job_events;
mod leaving;
mod mails;
mod members;
mod own_passions;
mod passions;
mod people;
mod plans;
mod questions;
mod registrations;
mod rounds;
mod sandbox;
mod session;
mod tokens;
mod waiting;
