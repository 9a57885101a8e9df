//! The process and its commands, as whoever runs the server meets them.

mod commands;
mod process;
mod upgrading;
