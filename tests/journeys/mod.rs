//! People followed over weeks.

mod acceptance;
mod between_rounds;
mod bridges;
mod cadence;
mod client;
mod common_ground;
mod demo;
mod first_prompt;
mod formats;
mod hostile;
mod living_profile;
mod missed;
mod ninety_days;
mod put_off;
mod sixty_people;
mod threading;
mod whole_evening;
