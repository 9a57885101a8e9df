//! What the API answers, resource by resource.

mod access;
mod attendees;
mod cancelling;
mod checkins;
mod conventions;
mod decisions;
mod events;
mod leaving;
mod mails;
mod passions;
mod plans;
mod registrations;
mod rounds;
mod sandbox;
mod session;
mod tokens;
mod waiting;
