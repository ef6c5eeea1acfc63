//! What has happened in the demo so far, told act by act: each by the person whose act it is, through
//! the services that requests go through, so that history, ledger and outbox are what they would be.

use std::collections::BTreeMap;

use chrono::Days;
use techmart_entity::{
    Instant,
    attachment::AttachmentPurpose,
    docking::meeting::MeetingMode,
    id::{AccountId, AttachmentId, DockingId, ListingId, OrganisationId},
    listing::ListingKind,
    organisation::{VerificationMethod, membership::MemberRole},
};

use super::{
    catalogue::{Catalogue, EntryUpTo, Item, Then},
    paper::pdf,
};
use crate::{
    auth::{Context, context_in},
    db::Tx,
    error::{AppError, Result},
    features::{
        account,
        attachment::{self, upload::Upload},
        demand,
        docking::{
            self, consent,
            dto::{AcceptIn, DockingIn, Line, MatchReasons, MeetingIn},
            meeting,
        },
        ledger,
        listing::{self, review},
        organisation::{self, dto::VerifyIn, members},
        provider::{self, dto::AgreementIn},
    },
    state::State,
    web::etag::Precondition,
};

/// The demo's people and organisations, by their keys in the catalogue.
#[derive(Clone, Debug, Default)]
pub struct Roll {
    pub people: BTreeMap<String, AccountId>,
    pub organisations: BTreeMap<String, OrganisationId>,
}

/// The files that the story needs. Their bytes are stored before it is told, as those of a request are.
#[derive(Debug)]
pub struct Papers {
    agreement: Upload,
    minutes: Upload,
}

impl Papers {
    /// Prints and stores them.
    ///
    /// # Errors
    /// When the file store does not take them.
    pub async fn store(state: &State) -> Result<Self> {
        let agreement = pdf(&[
            "科技服务机构入驻协议（演示）",
            "编号 DEMO-1",
            "仅供演示，不具法律效力。",
            "A demonstration.",
        ]);
        let minutes = pdf(&[
            "对接会议纪要（演示）",
            "双方就样机试验与合作方式交换意见。",
            "Minutes of a demonstration.",
        ]);
        let mut papers = Self {
            agreement: Upload::of_bytes(AttachmentPurpose::Agreement, "入驻协议.pdf", &agreement).await?,
            minutes: Upload::of_bytes(AttachmentPurpose::Minutes, "会议纪要.pdf", &minutes).await?,
        };
        attachment::service::store(state, &mut papers.agreement).await?;
        attachment::service::store(state, &mut papers.minutes).await?;
        Ok(papers)
    }
}

/// Tells the story.
///
/// # Errors
/// What an act refuses with; then nothing of it has happened.
pub async fn tell(
    tx: &Tx,
    now: Instant,
    catalogue: &Catalogue,
    password_hash: &str,
    papers: &Papers,
) -> Result<Roll> {
    let mut story = Story { tx, now, catalogue, papers, roll: Roll::default(), listings: BTreeMap::new() };
    story.make_accounts(password_hash).await?;
    story.make_organisations().await?;
    for (kind, items) in [
        (ListingKind::Achievement, &catalogue.achievements),
        (ListingKind::Demand, &catalogue.demands),
        (ListingKind::Provider, &catalogue.providers),
    ] {
        for item in items {
            let id = story.post(kind, item).await?;
            story.listings.insert(item.key.clone(), id);
        }
    }
    for item in &catalogue.providers {
        if let Some(up_to) = item.entry {
            story.enter(item, up_to).await?;
        }
    }
    story.dock().await?;
    Ok(story.roll)
}

struct Story<'a> {
    tx: &'a Tx,
    now: Instant,
    catalogue: &'a Catalogue,
    papers: &'a Papers,
    roll: Roll,
    listings: BTreeMap<String, ListingId>,
}

/// Acts of the story mean whatever version is there.
fn any() -> Precondition {
    Precondition::any()
}

impl Story<'_> {
    fn account(&self, person: &str) -> Result<AccountId> {
        self.roll.people.get(person).copied().ok_or_else(|| unknown(person))
    }

    fn organisation(&self, key: &str) -> Result<OrganisationId> {
        self.roll.organisations.get(key).copied().ok_or_else(|| unknown(key))
    }

    fn listing(&self, key: &str) -> Result<ListingId> {
        self.listings.get(key).copied().ok_or_else(|| unknown(key))
    }

    /// The person, for the organisation if one is named.
    async fn cx(&self, person: &str, acting: Option<&str>) -> Result<Context> {
        let acting = acting.map(|key| self.organisation(key)).transpose()?;
        context_in(self.tx, self.now, self.account(person)?, acting).await
    }

    async fn make_accounts(&mut self, password_hash: &str) -> Result<()> {
        let cx = Context::system(self.now);
        for person in &self.catalogue.people {
            let row = account::service::create_verified(
                self.tx,
                &cx,
                &person.email,
                &person.name,
                password_hash,
                person.role,
            )
            .await?;
            self.roll.people.insert(person.key.clone(), row.id);
        }
        Ok(())
    }

    async fn make_organisations(&mut self) -> Result<()> {
        for made in &self.catalogue.organisations {
            let owner = self.cx(&made.owner, None).await?;
            let id = organisation::service::create(self.tx, &owner, made.row.clone()).await?.id;
            self.roll.organisations.insert(made.key.clone(), id);
            let owner = self.cx(&made.owner, Some(&made.key)).await?;
            for editor in &made.editors {
                let email = self.catalogue.email(editor);
                members::add(self.tx, &owner, id, email, MemberRole::Editor).await?;
            }
            organisation::verification::submit(self.tx, &owner, id, &any()).await?;
            let given = VerifyIn {
                method: VerificationMethod::Visit,
                evidence: "演示单位，仅供试用，无需核验。".to_owned(),
                attachment_id: None,
                valid_until: None,
            };
            let broker = self.cx("broker", None).await?;
            organisation::verification::verify(self.tx, &broker, id, &any(), given).await?;
        }
        Ok(())
    }

    /// Writes and submits a listing, and lets a broker decide about it.
    async fn post(&self, kind: ListingKind, item: &Item) -> Result<ListingId> {
        let (tx, author) = (self.tx, self.cx(&item.by, Some(&item.organisation)).await?);
        let id = listing::service::create(tx, &author, kind, item.content(kind)?, None).await?.id;
        listing::service::submit(tx, &author, kind, id, &any()).await?;
        if item.then == Then::LeaveSubmitted {
            return Ok(id);
        }
        let broker = self.cx("broker", None).await?;
        review::claim(tx, &broker, kind, id, &any()).await?;
        if let Some(found) = item.diagnosis.clone() {
            demand::diagnosis::diagnose(tx, &broker, id, &any(), found).await?;
        }
        match &item.then {
            Then::Publish => review::publish(tx, &broker, kind, id, &any()).await?,
            Then::SendBack(reason) => {
                review::send_back(tx, &broker, kind, id, &any(), reason.clone()).await?
            }
            Then::LeaveSubmitted => return Ok(id),
        };
        Ok(id)
    }

    /// A provider applies, a broker reviews, an admin approves, the agreement is signed.
    async fn enter(&self, item: &Item, up_to: EntryUpTo) -> Result<()> {
        let (tx, page) = (self.tx, self.listing(&item.key)?);
        let manager = self.cx(&item.by, Some(&item.organisation)).await?;
        provider::service::apply(tx, &manager, page).await?;
        let broker = self.cx("broker", None).await?;
        provider::service::review(tx, &broker, page, &any()).await?;
        if up_to == EntryUpTo::UnderReview {
            return Ok(());
        }
        let admin = self.cx("admin", None).await?;
        provider::service::approve(tx, &admin, page, &any()).await?;
        let agreement = AgreementIn {
            agreement_number: "DEMO-1".to_owned(),
            signed_on: broker.today,
            valid_to: broker.today.checked_add_days(Days::new(365)).unwrap_or(broker.today),
            attachment_id: self.upload(&broker, &self.papers.agreement).await?,
        };
        provider::service::enter(tx, &broker, page, &any(), &agreement).await?;
        Ok(())
    }

    async fn upload(&self, cx: &Context, paper: &Upload) -> Result<AttachmentId> {
        Ok(attachment::service::create(self.tx, cx, paper).await?.id)
    }

    /// One docking of each kind of standing: met and to be confirmed in the ledger, met and confirmed,
    /// an interest to be answered, a recommendation to be taken up.
    async fn dock(&self) -> Result<()> {
        let tx = self.tx;
        self.meet("enterprise", "motor", "sic").await?;
        let counted = self.meet("enterprise_appliances", "appliances", "r290").await?;
        self.confirm_in_ledger(counted).await?;
        let pharma = self.cx("enterprise_pharma", Some("pharma")).await?;
        docking::service::create(tx, &pharma, self.interest("flow", "希望了解公斤级试验的安全数据。")?)
            .await?;
        let broker = self.cx("broker", None).await?;
        let recommended = DockingIn {
            achievement_id: Some(self.listing("ferrite")?),
            enterprise_id: Some(self.organisation("motor")?),
            message: Some("与贵公司中小功率电机产品相近，建议了解。".to_owned()),
            recommend: true,
            match_reasons: Some(MatchReasons {
                reasons: vec![Line("同属新能源汽车电机方向".to_owned())],
                score: None,
                model_version: None,
            }),
            ..DockingIn::default()
        };
        docking::service::create(tx, &broker, recommended).await?;
        Ok(())
    }

    fn interest(&self, achievement: &str, message: &str) -> Result<DockingIn> {
        Ok(DockingIn {
            achievement_id: Some(self.listing(achievement)?),
            message: Some(message.to_owned()),
            ..DockingIn::default()
        })
    }

    /// From an enterprise's interest to a meeting that a broker confirmed.
    async fn meet(&self, engineer: &str, enterprise: &str, achievement: &str) -> Result<DockingId> {
        let tx = self.tx;
        let engineer = self.cx(engineer, Some(enterprise)).await?;
        let interest = self.interest(achievement, "希望了解样机试验数据，可安排现场交流。")?;
        let id = docking::service::create(tx, &engineer, interest).await?.id;
        let university = self.cx("university", Some("university")).await?;
        consent::accept(tx, &university, id, &any(), AcceptIn::default()).await?;
        let given = MeetingIn {
            held_on: engineer.today,
            place: Some("服务中心二楼会议室".to_owned()),
            mode: MeetingMode::OnSite,
            attendees: vec![Line("企业技术部".to_owned()), Line("课题组".to_owned())],
            summary: "演示：双方就样机试验与合作方式交换意见，约定补充测试。".to_owned(),
            minutes_attachment_id: Some(self.upload(&engineer, &self.papers.minutes).await?),
            appointment_id: None,
        };
        meeting::record(tx, &engineer, id, &any(), given).await?;
        let broker = self.cx("broker", None).await?;
        for held in docking::repo::meetings(tx, id).await? {
            meeting::confirm(tx, &broker, id, held.id, &any()).await?;
        }
        Ok(id)
    }

    /// The broker who had no part in it confirms what a docking earned.
    async fn confirm_in_ledger(&self, docking: DockingId) -> Result<()> {
        let second = self.cx("second_broker", None).await?;
        let filter = ledger::repo::Filter { docking: Some(docking), ..Default::default() };
        for entry in ledger::repo::list(self.tx, &filter, None, 10).await? {
            ledger::service::confirm(self.tx, &second, entry.id).await?;
        }
        Ok(())
    }
}

fn unknown(key: &str) -> AppError {
    AppError::internal(format!("the demo's catalogue has no {key}"))
}
