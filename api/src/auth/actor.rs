//! Who acts, as values: what policies look at.

use techmart_entity::{
    Day, Instant,
    account::Role,
    id::{AccountId, ApiClientId, OrganisationId, SessionId},
    organisation::{OrganisationKind, membership::MemberRole, status::VerificationStatus},
};

use crate::{
    error::{AppError, Code, Fault, Place, Result},
    say,
};

/// What a person is to one organisation.
#[derive(Clone, Debug)]
pub struct Membership {
    pub organisation_id: OrganisationId,
    pub role: MemberRole,
    pub kind: OrganisationKind,
    pub demo: bool,
    pub verification: VerificationStatus,
    /// The organisation with which it was merged: nobody acts for it any more.
    pub merged_into: Option<OrganisationId>,
}

/// A person who signed in.
#[derive(Clone, Debug)]
pub struct Person {
    pub account_id: AccountId,
    pub role: Role,
    pub session_id: SessionId,
    pub memberships: Vec<Membership>,
}

impl Person {
    /// Whether the person belongs to the organisation, in whatever role.
    #[must_use]
    pub fn belongs_to(&self, organisation: OrganisationId) -> bool {
        self.memberships.iter().any(|membership| membership.organisation_id == organisation)
    }
}

/// Who acts.
#[derive(Clone, Debug)]
pub enum Actor {
    /// Nobody who signed in.
    Visitor,
    Person(Box<Person>),
    /// The service itself: schedules, imports on the command line.
    System,
}

impl Actor {
    #[must_use]
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Person(person) => Some(person),
            Self::Visitor | Self::System => None,
        }
    }

    #[must_use]
    pub fn account_id(&self) -> Option<AccountId> {
        self.person().map(|person| person.account_id)
    }

    #[must_use]
    pub fn role(&self) -> Option<Role> {
        self.person().map(|person| person.role)
    }

    #[must_use]
    pub fn is_system(&self) -> bool {
        matches!(self, Self::System)
    }

    /// Whether the actor does the centre's work: brokers, admins and the service itself.
    #[must_use]
    pub fn is_centre(&self) -> bool {
        self.is_system() || matches!(self.role(), Some(Role::Broker | Role::Admin))
    }

    #[must_use]
    pub fn is_broker(&self) -> bool {
        matches!(self.role(), Some(Role::Broker))
    }

    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.is_system() || matches!(self.role(), Some(Role::Admin))
    }

    #[must_use]
    pub fn is_auditor(&self) -> bool {
        matches!(self.role(), Some(Role::Auditor))
    }

    #[must_use]
    pub fn belongs_to(&self, organisation: OrganisationId) -> bool {
        self.person().is_some_and(|person| person.belongs_to(organisation))
    }
}

/// Everything about an act besides what is asked: who, for whom, when.
#[derive(Clone, Debug)]
pub struct Context {
    pub actor: Actor,
    /// The organisation that the request names.
    pub acting: Option<OrganisationId>,
    /// The API client with whose key the request came.
    pub via: Option<ApiClientId>,
    pub now: Instant,
    /// The day of `now` in Asia/Shanghai.
    pub today: Day,
    pub request_id: Option<String>,
    /// The client's address.
    pub client: String,
}

impl Context {
    /// The service itself acts.
    #[must_use]
    pub fn system(now: Instant) -> Self {
        Self {
            actor: Actor::System,
            acting: None,
            via: None,
            now,
            today: crate::clock::day_of(now),
            request_id: None,
            client: String::new(),
        }
    }

    /// The person who acts.
    ///
    /// # Errors
    /// 401 when nobody signed in.
    pub fn person(&self) -> Result<&Person> {
        self.actor.person().ok_or_else(|| {
            AppError::new(
                Code::NotSignedIn,
                say!(
                    "请先登录并在 Authorization 中携带令牌。",
                    "Sign in and send the token in Authorization."
                ),
            )
        })
    }

    /// The membership in the organisation for which the person acts.
    ///
    /// # Errors
    /// 401 when nobody signed in, 400 when the request names no organisation.
    pub fn acting_membership(&self) -> Result<&Membership> {
        let person = self.person()?;
        let found = self.acting.and_then(|acting| {
            person.memberships.iter().find(|membership| membership.organisation_id == acting)
        });
        found.ok_or_else(|| {
            let detail = say!(
                "请用 Acting-Organisation 指明代表哪个单位。",
                "Name the organisation for which you act in Acting-Organisation."
            );
            AppError::unfit(
                Code::InvalidHeader,
                vec![Fault {
                    place: Place::Header("Acting-Organisation".to_owned()),
                    code: "required".to_owned(),
                    detail,
                }],
            )
        })
    }

    /// Whether the person acts for that organisation and may change its things.
    #[must_use]
    pub fn edits_for(&self, organisation: OrganisationId) -> bool {
        self.acting == Some(organisation)
            && self.actor.person().is_some_and(|person| {
                person.memberships.iter().any(|membership| {
                    membership.organisation_id == organisation
                        && matches!(membership.role, MemberRole::Owner | MemberRole::Editor)
                })
            })
    }

    /// The person's account; none for the service itself.
    #[must_use]
    pub fn account_id(&self) -> Option<AccountId> {
        self.actor.account_id()
    }
}
