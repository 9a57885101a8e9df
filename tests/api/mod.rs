//! What the API answers, resource by resource.

mod attendees;
mod checkins;
mod conventions;
mod events;
mod guides;
mod mails;
mod passions;
mod plans;
mod registrations;
mod rounds;
mod safety;
mod sandbox;
mod seats;
mod session;
mod tokens;
