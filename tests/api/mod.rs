//! What the API answers, resource by resource.

mod attendees;
mod checkins;
mod conventions;
mod events;
mod job_events;
mod mails;
mod passions;
mod plans;
mod registrations;
mod rounds;
mod sandbox;
mod session;
mod tokens;
