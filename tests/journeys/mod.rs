//! People followed over weeks.

mod between_rounds;
mod client;
mod common_ground;
mod first_prompt;
mod living_profile;
mod missed;
mod ninety_days;
mod whole_evening;
