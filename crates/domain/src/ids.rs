//! Ids are types: an `EventId` is never a `RegistrationId`. UUIDv7, so that they sort by birth and cannot be counted.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($name:ident),+ $(,)?) => {$(
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "columns", derive(sea_orm::DeriveValueType))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        #[allow(clippy::new_without_default, reason = "a new id is an act, not a default")]
        impl $name {
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        eserde::impl_edeserialize_compat!($name);

        #[cfg(feature = "schema")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::schema::id()
            }
        }
        #[cfg(feature = "schema")]
        impl utoipa::ToSchema for $name {}

        #[cfg(feature = "columns")]
        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )+};
}

ids!(
    BlockId,
    BounceId,
    CheckinId,
    ConnectionId,
    ConsentId,
    ContactId,
    EncounterId,
    EnrollmentId,
    EventId,
    FeedbackId,
    FeedbackToldId,
    GuideAckId,
    GuideId,
    IntroductionId,
    JobId,
    LogEntryId,
    LoginId,
    MemberId,
    MessageId,
    OrganizerId,
    PassionId,
    PassionMergeId,
    PersonId,
    PlanId,
    PromptId,
    QuestionId,
    RegistrationId,
    ReportId,
    RoundId,
    RuleId,
    SeatId,
    SeriesId,
    SuppressionId,
    TemplateId,
    TokenId,
);
