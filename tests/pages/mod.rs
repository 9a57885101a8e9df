//! The pages, used without a browser: looked at with GET, answered with what their forms post.

mod confirming;
mod every_page;
mod introducing;
mod my_table;
mod offers;
mod own_data;
mod people;
mod preferences;
mod prompting;
mod registering;
mod unsubscribing;
