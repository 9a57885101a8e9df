//! Values that exist only if they are valid.
//!
//! The same type is the JSON field, the function's argument and the database column, and the only way to get one is to parse it. Start with
//! [`text`] (what people write), [`words`] (the closed sets: states, roles, kinds) and [`prompt`] (a follow-up prompt as data).

mod consent;
mod email;
mod event;
mod ids;
mod invalid;
mod locale;
mod passion;
mod preferences;
mod profile;
pub mod prompt;
mod question;
#[cfg(feature = "schema")]
mod schema;
mod slug;
pub mod text;
mod theme;
mod time;
pub mod words;

pub use consent::{ConsentPurpose, ConsentText, ConsentWay};
pub use email::EmailAddress;
pub use event::{Capacity, Guides, RoundPlan, SizeRule, TableLayout, TableSpec, Weights};
pub use ids::*;
pub use invalid::Invalid;
pub use locale::{Locale, Localized};
pub use passion::{Catalogue, DeclaredPassion, Family, Level, NO_FAMILY, Passion, PassionCode, Passions, catalogue, normalise};
pub use preferences::Preferences;
pub use profile::{Agreement, Consents, Feedback, Field, Language, Need, Profile, Visibility, VisibleTo, Wishes};
pub use prompt::Prompt;
pub use question::{Question, QuestionCode, QuestionOption};
pub use slug::{RegistrationCode, Slug};
pub use text::{FreeText, Line, MailText, PersonName, Phrase, Sentence, Title};
pub use theme::Theme;
pub use time::{Timezone, local_instant, micros};
