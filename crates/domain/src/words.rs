//! The closed sets: states, roles, kinds. Each is an enum whose words are the contract's, in JSON and in the database alike.

/// Declares an enum with its words: `Variant => "word"`.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident => $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "columns", derive(sea_orm::DeriveValueType))]
        #[cfg_attr(feature = "columns", sea_orm(value_type = "String"))]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::Invalid;
            fn from_str(text: &str) -> Result<Self, $crate::Invalid> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::Invalid::new("unknown_word", concat!("must be one of:", $(" ", $word),+))),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                word.parse().map_err(serde::de::Error::custom)
            }
        }

        eserde::impl_edeserialize_compat!($name);

        #[cfg(feature = "schema")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::schema::one_of(&[$($word),+])
            }
        }
        #[cfg(feature = "schema")]
        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use words;

words! {
    /// What a member may do. A larger role may do all that a smaller one may.
    pub enum Role {
        Viewer => "viewer",
        Checkin => "checkin",
        Manager => "manager",
        Owner => "owner",
    }
}

words! {
    pub enum EventState {
        Draft => "draft",
        Published => "published",
        Completed => "completed",
        Archived => "archived",
        Cancelled => "cancelled",
    }
}

words! {
    /// Where an event stands, derived from its state and the clock.
    pub enum Phase {
        Upcoming => "upcoming",
        RegistrationOpen => "registration_open",
        RegistrationClosed => "registration_closed",
        Live => "live",
        FollowUp => "follow_up",
        Closed => "closed",
    }
}

words! {
    #[derive(Default)]
    pub enum EventKind {
        #[default]
        Tables => "tables",
        Workshop => "workshop",
        Coffee => "coffee",
    }
}

words! {
    #[derive(Default)]
    pub enum EventMode {
        #[default]
        InPerson => "in_person",
        Online => "online",
        Hybrid => "hybrid",
    }
}

words! {
    #[derive(Default)]
    pub enum Audience {
        Internal => "internal",
        #[default]
        External => "external",
        Mixed => "mixed",
    }
}

words! {
    pub enum RegistrationState {
        PendingEmail => "pending_email",
        PendingApproval => "pending_approval",
        Confirmed => "confirmed",
        CheckedIn => "checked_in",
        Attended => "attended",
        NoShow => "no_show",
        Waitlisted => "waitlisted",
        Offered => "offered",
        OfferExpired => "offer_expired",
        Cancelled => "cancelled",
        Rejected => "rejected",
        Anonymised => "anonymised",
    }
}

impl RegistrationState {
    /// Whether the person may be named to others and written to: the address is theirs and they have not left.
    pub fn is_visible(self) -> bool {
        matches!(self, Self::Confirmed | Self::CheckedIn | Self::Attended)
    }

    /// Whether it is on its way to the event: waiting for something, or with a seat.
    pub fn is_live(self) -> bool {
        Self::LIVE.contains(&self)
    }

    pub const LIVE: [Self; 6] =
        [Self::PendingEmail, Self::PendingApproval, Self::Waitlisted, Self::Offered, Self::Confirmed, Self::CheckedIn];

    /// Whether the person is on the list no more.
    pub fn has_left(self) -> bool {
        self.can_be_revived() || self == Self::Anonymised
    }

    /// Whether registering again brings the row back to life.
    pub fn can_be_revived(self) -> bool {
        matches!(self, Self::Cancelled | Self::Rejected | Self::OfferExpired)
    }
}

words! {
    pub enum RoundState {
        Planned => "planned",
        Live => "live",
        Done => "done",
    }
}

words! {
    pub enum RuleKind {
        Together => "together",
        Apart => "apart",
        Fixed => "fixed",
        Same => "same",
        Different => "different",
        AtLeast => "at_least",
        AtMost => "at_most",
    }
}

words! {
    /// What kind of answer a question takes.
    pub enum QuestionKind {
        Text => "text",
        LongText => "long_text",
        Choice => "choice",
        Multiple => "multiple",
        YesNo => "yes_no",
    }
}

words! {
    /// Who is asked a question: everybody who registers, or the organizer's staff about them.
    #[derive(Default)]
    pub enum AskedOf {
        #[default]
        Public => "public",
        Staff => "staff",
    }
}

words! {
    pub enum PlanState {
        Queued => "queued",
        Running => "running",
        Draft => "draft",
        Infeasible => "infeasible",
        Failed => "failed",
        Cancelled => "cancelled",
        Published => "published",
        Superseded => "superseded",
    }
}

words! {
    pub enum JobState {
        Queued => "queued",
        Running => "running",
        Succeeded => "succeeded",
        Failed => "failed",
        Cancelled => "cancelled",
    }
}

words! {
    pub enum JobKind {
        Plan => "plan",
    }
}

words! {
    pub enum MessageState {
        Pending => "pending",
        Claimed => "claimed",
        Sent => "sent",
        Bounced => "bounced",
        Retry => "retry",
        Held => "held",
        Dead => "dead",
        Cancelled => "cancelled",
        Suppressed => "suppressed",
    }
}

words! {
    /// How a mail came back.
    pub enum BounceKind {
        /// There is no such mailbox, or it takes nothing from us.
        Permanent => "permanent",
        /// It was full, or out of reach for too long.
        Temporary => "temporary",
        /// It arrived, and its reader told their provider that it was unwanted.
        Complaint => "complaint",
    }
}

words! {
    /// What a provider tells of a mail.
    pub enum BounceType {
        Bounce => "bounce",
        Complaint => "complaint",
        /// It arrived, and nothing follows.
        Delivered => "delivered",
    }
}

words! {
    /// What a mail is for; `X-Convivio-Kind`.
    pub enum MailKind {
        Confirm => "confirm",
        Confirmed => "confirmed",
        Waitlisted => "waitlisted",
        Offered => "offered",
        Rejected => "rejected",
        Cancelled => "cancelled",
        Login => "login",
        A0 => "A0",
        A1 => "A1",
        F1 => "F1",
        F2 => "F2",
        F3 => "F3",
        F4 => "F4",
        F5 => "F5",
        F6 => "F6",
        C => "C",
        N1 => "N1",
        Stop => "stop",
        Introduction => "introduction",
        /// What a step would say to somebody, to one of the organizer's members who tries it out.
        Test => "test",
    }
}

impl MailKind {
    /// The step of the follow-up it brings, if it brings one.
    pub fn step(self) -> Option<Step> {
        Step::ALL.iter().copied().find(|step| step.mail() == self)
    }

    /// Every mail of the follow-up.
    pub fn follow_up() -> Vec<Self> {
        Step::ALL.iter().map(|step| step.mail()).collect()
    }

    /// Follow-up rests on its own consent, keeps to the cap and the window, and can be stopped with one click.
    pub fn is_follow_up(self) -> bool {
        self.step().is_some()
    }

    /// Whether the person has just asked for it, or waits for it, so that it leaves before others and at any hour.
    pub fn is_asked_for(self) -> bool {
        matches!(
            self,
            Self::Confirm
                | Self::Confirmed
                | Self::Waitlisted
                | Self::Offered
                | Self::Rejected
                | Self::Cancelled
                | Self::Login
                | Self::Introduction
                | Self::Test
        )
    }
}

words! {
    /// A step of the follow-up.
    pub enum Step {
        /// Who stayed in your mind?
        F1 => "F1",
        /// A small gift.
        F2 => "F2",
        /// Something small together.
        F3 => "F3",
        /// How is it going?
        F4 => "F4",
        /// Two people who should meet.
        F5 => "F5",
        /// What to keep, slow down and let go.
        F6 => "F6",
        /// Those who are growing distant, as often as the reader chose.
        C => "C",
        /// To those who could not come.
        N1 => "N1",
        /// The note that closes a sequence nobody answers.
        Stop => "stop",
    }
}

impl Step {
    /// The ninety days, in their order.
    pub const SEQUENCE: [Self; 6] = [Self::F1, Self::F2, Self::F3, Self::F4, Self::F5, Self::F6];

    /// The mail that brings it.
    pub fn mail(self) -> MailKind {
        match self {
            Self::F1 => MailKind::F1,
            Self::F2 => MailKind::F2,
            Self::F3 => MailKind::F3,
            Self::F4 => MailKind::F4,
            Self::F5 => MailKind::F5,
            Self::F6 => MailKind::F6,
            Self::C => MailKind::C,
            Self::N1 => MailKind::N1,
            Self::Stop => MailKind::Stop,
        }
    }

    /// What became of those it is for.
    pub fn audience(self) -> RegistrationState {
        match self {
            Self::N1 => RegistrationState::NoShow,
            _ => RegistrationState::Attended,
        }
    }

    /// Whether it is one of the ninety days, and so counted by what an event may send.
    pub fn is_of_sequence(self) -> bool {
        Self::SEQUENCE.contains(&self)
    }
}

words! {
    pub enum PromptState {
        Scheduled => "scheduled",
        Queued => "queued",
        Sent => "sent",
        Acted => "acted",
        Skipped => "skipped",
        Snoozed => "snoozed",
        Suppressed => "suppressed",
        Cancelled => "cancelled",
    }
}

words! {
    /// Why a mail or a prompt was not sent, or a sequence stopped.
    pub enum Reason {
        InsufficientContext => "insufficient_context",
        NoConsent => "no_consent",
        Stopped => "stopped",
        Unsubscribed => "unsubscribed",
        AddressRefused => "address_refused",
        /// Staff said that nothing goes to this address.
        OnRequest => "on_request",
        /// A mail to this address came back.
        Bounced => "bounced",
        /// The reader told their provider that a mail was unwanted.
        Complaint => "complaint",
        Stale => "stale",
        TooLate => "too_late",
        EventCap => "event_cap",
        RegistrationChanged => "registration_changed",
        RelayRefused => "relay_refused",
        RelayUnreachable => "relay_unreachable",
        CouldNotBuild => "could_not_build",
        Expired => "expired",
        /// The reader put it off until later.
        Snoozed => "snoozed",
        /// A later prompt was due as well, and one mail is enough.
        Merged => "merged",
        /// Three prompts in a row had no answer.
        Unanswered => "unanswered",
        /// Nobody was chosen to keep in touch with.
        NobodyChosen => "nobody_chosen",
        /// The reader has been in touch by themselves.
        InTouch => "in_touch",
        /// The person was erased.
        Erased => "erased",
    }
}

words! {
    pub enum EnrollmentState {
        Active => "active",
        Paused => "paused",
        Completed => "completed",
        Stopped => "stopped",
    }
}

words! {
    /// What a reader answers to a prompt.
    pub enum Choice {
        Done => "done",
        NotNow => "not_now",
        Pause => "pause",
        Stop => "stop",
    }
}

words! {
    pub enum ConnectionState {
        Suggested => "suggested",
        Requested => "requested",
        Connected => "connected",
        Declined => "declined",
        Ended => "ended",
        Blocked => "blocked",
    }
}

words! {
    /// How far an introduction is, as everybody it concerns is told. A no looks like silence.
    pub enum IntroductionState {
        /// Not both have said yes.
        AwaitingBoth => "awaiting_both",
        /// Both have, and each was told how to reach the other.
        Sent => "sent",
        /// Its time is over.
        Closed => "closed",
    }
}

words! {
    /// What an entry of the private log about a person is.
    pub enum LogKind {
        Note => "note",
        Interaction => "interaction",
        Give => "give",
        Ask => "ask",
        Check => "check",
    }
}

words! {
    /// How one can give.
    pub enum Give {
        Resource => "resource",
        Feedback => "feedback",
        Support => "support",
        Introduction => "introduction",
        Time => "time",
        Thanks => "thanks",
    }
}

words! {
    /// Being in touch lightly.
    pub enum Touch {
        Comment => "comment",
        Article => "article",
        Question => "question",
    }
}

words! {
    /// Doing something together.
    pub enum SharedStep {
        Coffee => "coffee",
        Lunch => "lunch",
        Walk => "walk",
        Call => "call",
        Event => "event",
        Project => "project",
    }
}

words! {
    /// What one can ask for, once something was given.
    pub enum Ask {
        Advice => "advice",
        Feedback => "feedback",
        Introduction => "introduction",
        Collaboration => "collaboration",
    }
}

words! {
    /// Why somebody is reported.
    pub enum ReportReason {
        FakeProfile => "fake_profile",
        Harassment => "harassment",
        Selling => "selling",
        Other => "other",
    }
}

words! {
    pub enum ReportState {
        Open => "open",
        Resolved => "resolved",
    }
}

words! {
    /// What came of a report.
    pub enum ReportOutcome {
        /// There was nothing in it: the person is seated again.
        Dismissed => "dismissed",
        /// It is so: the person stays away from the tables.
        Upheld => "upheld",
    }
}

words! {
    /// When a guide is read.
    pub enum GuidePhase {
        Before => "before",
        During => "during",
        After => "after",
    }
}

words! {
    /// Whose guide an event gives to read in a phase.
    #[derive(Default)]
    pub enum GuideChoice {
        /// The organizer's, or the shipped one where there is none.
        #[default]
        Own => "own",
        Shipped => "shipped",
        Nothing => "none",
    }
}
