//! People followed over weeks.

mod between_rounds;
mod cadence;
mod client;
mod common_ground;
mod first_prompt;
mod living_profile;
mod missed;
mod ninety_days;
mod put_off;
mod sixty_people;
mod whole_evening;
