//! A mail as somebody would get it, for the eyes of somebody else.

use convivio_domain::{PersonName, Prompt};
use url::Url;

use crate::{EventFacts, Mail};

impl Mail {
    /// The same mail to another reader, about another event.
    pub fn told_to(mut self, reader: &PersonName, event: &EventFacts) -> Self {
        let theirs = match &mut self {
            Self::Confirm(mail) => Some(&mut mail.reader),
            Self::Confirmed(mail) => Some(&mut mail.reader),
            Self::Waitlisted(mail) => Some(&mut mail.reader),
            Self::Offered(mail) => Some(&mut mail.reader),
            Self::Rejected(mail) => Some(&mut mail.reader),
            Self::Cancelled(mail) => Some(&mut mail.reader),
            Self::Login(_) => None,
            Self::Freshness(mail) => Some(&mut mail.reader),
            Self::Method(mail) => Some(&mut mail.reader),
            Self::FollowUp(mail) => Some(&mut mail.reader),
            Self::Note(mail) => Some(&mut mail.reader),
            Self::Introduction(mail) => Some(&mut mail.reader),
        };
        if let Some(theirs) = theirs {
            *theirs = reader.clone();
        }
        if let Some(facts) = self.event_mut() {
            *facts = event.clone();
        }
        self
    }

    /// The same mail with every link led astray: `dead` gives an address where nothing is, for a place such as `in`.
    pub fn with_dead_links(mut self, dead: impl Fn(&str) -> Url) -> Self {
        match &mut self {
            Self::Confirm(mail) => mail.confirm_link = dead("confirm"),
            Self::Confirmed(mail) => mail.in_link = dead("in"),
            Self::Waitlisted(mail) => mail.in_link = dead("in"),
            Self::Offered(mail) => {
                mail.confirm_link = dead("confirm");
                mail.in_link = dead("in");
            }
            Self::Rejected(_) => {}
            Self::Cancelled(mail) => mail.again_link = mail.again_link.take().map(|_| dead("e")),
            Self::Login(mail) => mail.login_link = dead("login"),
            Self::Freshness(mail) => {
                mail.profile_link = dead("profile");
                mail.in_link = dead("in");
            }
            Self::Method(mail) => {
                mail.guide_link = mail.guide_link.take().map(|_| dead("guides"));
                mail.in_link = dead("in");
            }
            Self::FollowUp(mail) => {
                mail.introductions_link = mail.introductions_link.take().map(|_| dead("introductions"));
                mail.prompt_link = dead("prompts");
                lead_astray(&mut mail.prompt, &dead);
                mail.guide_link = mail.guide_link.take().map(|_| dead("guides"));
                mail.in_link = dead("in");
                mail.stop_link = dead("unsubscribe");
            }
            Self::Introduction(mail) => mail.in_link = dead("in"),
            Self::Note(mail) => {
                lead_astray(&mut mail.prompt, &dead);
                mail.in_link = dead("in");
                mail.stop_link = dead("unsubscribe");
            }
        }
        self
    }
}

/// What a prompt leads to: the page of the next event.
fn lead_astray(prompt: &mut Prompt, dead: impl Fn(&str) -> Url) {
    for action in std::iter::once(&mut prompt.action).chain(&mut prompt.alternatives) {
        action.link = action.link.take().map(|_| dead("e").into());
    }
}
