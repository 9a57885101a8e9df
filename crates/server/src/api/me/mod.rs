//! What an attendee sees and does: their own things, and of others what those show.

pub mod calendar_feed;
pub mod connections;
pub mod contacts;
pub mod encounters;
pub mod erasing;
pub mod export;
pub mod guides;
pub mod introductions;
pub mod leaving;
pub mod log;
pub mod mirror;
pub mod preferences;
pub mod profile;
pub mod prompts;
pub mod registrations;
pub mod safety;
