//! What an attendee sees and does: their own things, and of others what those show.

pub mod encounters;
pub mod leaving;
pub mod profile;
pub mod prompts;
pub mod registrations;
pub mod safety;
