//! What people are asked to agree to, in which words, and how they said so.

use serde::Serialize;

use crate::Locale;
use crate::words::words;

words! {
    /// What somebody agrees to, or not.
    pub enum ConsentPurpose {
        /// Personal prompts after an event, about the people met.
        FollowUp => "follow_up",
        /// A chat tool of the organizer may bring them.
        ChatDelivery => "chat_delivery",
    }
}

words! {
    /// How somebody said so.
    pub enum ConsentWay {
        /// At the form of an event's page.
        Form => "form",
        /// On the page of their preferences.
        Page => "page",
        /// Themselves, over the API.
        Api => "api",
        /// Staff say it of them.
        Staff => "staff",
        /// A table of staff's says it of them.
        Import => "import",
    }
}

impl ConsentWay {
    /// Whether the person had our words before them. What others say of them was agreed to somewhere else, in words that are not known here.
    pub fn has_read(self) -> bool {
        matches!(self, Self::Form | Self::Page | Self::Api)
    }
}

/// The words that are agreed to, as a form shows them: beside the box, and below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ConsentText {
    pub version: &'static str,
    pub label: &'static str,
    pub details: &'static str,
}

impl ConsentText {
    /// All of it, for whoever has no form.
    pub fn whole(&self) -> String {
        format!("{}. {}", self.label, self.details)
    }
}

impl ConsentPurpose {
    /// The day on which its words were last changed. Whoever changes what is said below, in either language, writes the day of the change here: what
    /// was agreed to before was the words before.
    pub fn text_version(self) -> &'static str {
        match self {
            Self::FollowUp | Self::ChatDelivery => "2026-11-29",
        }
    }

    /// What is agreed to. This is the one place where it stands: the forms and the API show what is here.
    pub fn text(self, locale: Locale) -> ConsentText {
        let (label, details) = match (self, locale) {
            (Self::FollowUp, Locale::En) => (
                "Write to me about the people I met",
                "After each event at most six short mails in ninety days, never more than one a week in all, each with one small thing \
                 to do. One click stops them.",
            ),
            (Self::FollowUp, Locale::It) => (
                "Scrivetemi a proposito delle persone che ho incontrato",
                "Dopo ogni incontro al massimo sei mail brevi in novanta giorni, mai più di una a settimana in tutto, ognuna con una \
                 piccola cosa da fare. Per fermarle basta un clic.",
            ),
            (Self::ChatDelivery, Locale::En) => (
                "The organizer’s chat tool may deliver my prompts",
                "What we would write to you then also passes through the organizer’s chat tool, including the names it mentions. You can \
                 take this back in your preferences at any time.",
            ),
            (Self::ChatDelivery, Locale::It) => (
                "I miei spunti possono arrivarmi nella chat di chi organizza",
                "Quello che ti scriveremmo passa allora anche per la chat di chi organizza, compresi i nomi delle persone. Puoi cambiare \
                 idea in ogni momento, nelle tue preferenze.",
            ),
        };
        ConsentText { version: self.text_version(), label, details }
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    #[test]
    fn sr_50_whatever_is_agreed_to_has_words_in_every_language_and_a_day_as_their_version() {
        for purpose in ConsentPurpose::ALL {
            assert!(purpose.text_version().parse::<NaiveDate>().is_ok(), "{purpose}");
            let texts: Vec<String> = Locale::ALL.iter().map(|locale| purpose.text(*locale).whole()).collect();
            for (place, text) in texts.iter().enumerate() {
                assert!(text.len() > 50 && text.ends_with('.') && !text.contains("  "), "{text}");
                assert!(!texts[..place].contains(text), "said in one language for two: {text}");
            }
        }
    }

    #[test]
    fn sr_50_other_words_are_of_another_day() {
        // Everything a version says, spelt out: who changes the words above has to come by here.
        let known = [
            (
                ConsentPurpose::FollowUp,
                "2026-11-29",
                Locale::En,
                "Write to me about the people I met. After each event at most six short mails in ninety days, never more than one a week \
                 in all, each with one small thing to do. One click stops them.",
            ),
            (
                ConsentPurpose::FollowUp,
                "2026-11-29",
                Locale::It,
                "Scrivetemi a proposito delle persone che ho incontrato. Dopo ogni incontro al massimo sei mail brevi in novanta giorni, \
                 mai più di una a settimana in tutto, ognuna con una piccola cosa da fare. Per fermarle basta un clic.",
            ),
            (
                ConsentPurpose::ChatDelivery,
                "2026-11-29",
                Locale::En,
                "The organizer’s chat tool may deliver my prompts. What we would write to you then also passes through the organizer’s \
                 chat tool, including the names it mentions. You can take this back in your preferences at any time.",
            ),
            (
                ConsentPurpose::ChatDelivery,
                "2026-11-29",
                Locale::It,
                "I miei spunti possono arrivarmi nella chat di chi organizza. Quello che ti scriveremmo passa allora anche per la chat \
                 di chi organizza, compresi i nomi delle persone. Puoi cambiare idea in ogni momento, nelle tue preferenze.",
            ),
        ];
        for purpose in ConsentPurpose::ALL {
            for locale in Locale::ALL {
                let words = purpose.text(*locale).whole();
                let said = (*purpose, purpose.text_version(), *locale, words.as_str());
                assert!(known.contains(&said), "these are not the words of their day; change the day too, then both here: {said:?}");
            }
        }
    }
}
