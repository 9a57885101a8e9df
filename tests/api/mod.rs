//! What the API answers, resource by resource.

mod attendees;
mod checkins;
mod conventions;
mod events;
mod importing;
mod mails;
mod own_passions;
mod passions;
mod plans;
mod questions;
mod registrations;
mod rounds;
mod sandbox;
mod session;
mod tokens;
