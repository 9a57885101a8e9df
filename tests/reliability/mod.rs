//! Crowds, crashes, outages and hostile clients. Each test carries the number of the promise it
//! keeps; a race has its control, which shows that the crowd was one.

mod answers;
mod clients;
mod crowds;
mod jobs;
mod lost_updates;
mod sending;
mod timers;
