//! What the API answers, resource by resource.

mod access;
mod attendees;
mod checkins;
mod conventions;
mod events;
mod mails;
mod passions;
mod plans;
mod registrations;
mod rounds;
mod sandbox;
mod session;
mod tokens;
