//! Crowds, crashes, outages and hostile clients. Each test carries the number of the promise it
//! keeps; a race has its control, which shows that the crowd was one.

mod answers;
mod clients;
mod clocks;
mod crowds;
mod durability;
mod inputs;
mod jobs;
mod limits;
mod lost_updates;
mod owners;
mod retries;
mod sending;
mod timers;
mod two_workers;
mod vanishing;
mod waiting;
