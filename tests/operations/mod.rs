//! The process and its commands, as whoever runs the server meets them.

mod backups;
mod commands;
mod metrics;
mod process;
mod stopping;
mod upgrading;
