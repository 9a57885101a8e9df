//! The engine from outside. Start with `requirements.rs`, which tells what organizers were promised.

mod brute_force;
mod files;
mod generated;
mod impossible;
mod properties;
mod repairing;
mod requirements;
mod sentences;
