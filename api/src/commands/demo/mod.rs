//! The demo: a small catalogue of the project's own making, with accounts for every role, counted in the
//! demo plan alone; and what to try with it.
//!
//! `catalogue.json` says what there is, `story.rs` lets it come about, `hints.rs` says what to try. All of
//! it is one transaction: there is the whole demo or none. A second run makes no second one; it gives the
//! accounts a new password and prints the hints again.

mod catalogue;
mod hints;
mod paper;
mod story;

use std::{collections::BTreeSet, net::IpAddr, sync::Arc};

use catalogue::{Catalogue, Item, Then};
use hints::Walk;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};
use serde_json::{Value, json};
use story::{Papers, Roll};
use techmart_entity::{
    account::{ActiveModel, one_time_token::TokenPurpose},
    audit::SubjectKind,
    docking,
    listing::{self, ListingKind, status::ListingStatus},
    organisation,
};

use crate::{
    app::StartError,
    auth::{Context, secret},
    config::Config,
    db::Tx,
    error::{AppError, Code, Result},
    features::{
        account::{guessing, repo as accounts},
        audit::{self, Record},
    },
    say,
    state::State,
};

/// What the command does once the demo is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Afterwards {
    /// It goes on serving in this shell.
    Serve,
    /// It ends; somebody has to start the service.
    End,
}

/// Fills in the demo, or gives the accounts of the one that is there a new password, and prints what to
/// try.
///
/// # Errors
/// When it cannot be written, or when addresses of the demo have accounts that are not the demo's.
pub async fn fill(state: &Arc<State>, json: bool, afterwards: Afterwards) -> Result<(), StartError> {
    let catalogue = Catalogue::read()?;
    // 144 bits of chance, and short enough to read out.
    let password: String = secret::random()?.chars().take(24).collect();
    let hash = state.passwords.hash(password.clone()).await?;
    let papers = Papers::store(state).await?;
    let now = state.clock.now();
    let (roll, is_new) = state
        .db
        .write(async |tx| match standing(tx, &catalogue).await? {
            None => Ok((story::tell(tx, now, &catalogue, &hash, &papers).await?, true)),
            Some(roll) => {
                give_password(tx, &Context::system(now), &catalogue, &roll, &hash).await?;
                Ok((roll, false))
            }
        })
        .await?;
    state.outbox.wake();
    let untouched = untouched(state.db.read(), &catalogue, &roll).await?;
    let address = address(&state.config);
    let organisation = |person: &str| {
        let key = catalogue.workplace(person).map(|row| row.key.as_str()).unwrap_or_default();
        roll.organisations.get(key).map(ToString::to_string)
    };
    let hints = hints::hints(&Walk {
        address: &address,
        password: &password,
        enterprise_email: catalogue.email("enterprise"),
        enterprise_id: organisation("enterprise").unwrap_or_default(),
        university_email: catalogue.email("university"),
        university_id: organisation("university").unwrap_or_default(),
        broker_email: catalogue.email("broker"),
        second_broker_email: catalogue.email("second_broker"),
        auditor_email: catalogue.email("auditor"),
        words: untouched.and_then(|item| item.words.as_deref()).unwrap_or_default(),
    });
    let people: Vec<Value> = catalogue
        .people
        .iter()
        .map(|person| {
            json!({
                "role": person.key,
                "email": person.email,
                "password": password,
                "organisation_id": organisation(&person.key),
            })
        })
        .collect();
    let document = json!({
        "accounts": people,
        "hints": hints,
        "catalogue": {
            "achievements": catalogue.achievements.len(),
            "demands": catalogue.demands.len(),
            "providers": catalogue.providers.len(),
        },
    });
    let mut words = introduction(&catalogue, &password, is_new);
    words.push(match afterwards {
        Afterwards::Serve => {
            "\n服务在本终端继续运行；在另一个终端（bash）逐条粘贴： / This shell goes on serving; paste \
                              one after another into a second shell (bash):"
                .to_owned()
        }
        Afterwards::End => {
            "\n先在本终端运行 `techmart serve`，再在另一个终端（bash）逐条粘贴： / First start `techmart \
                            serve` in this shell, then paste one after another into a second shell (bash):"
                .to_owned()
        }
    });
    if untouched.is_none() {
        words.push(
            "（每项演示成果都已对接过，第 5 步会回答 409；请换一个数据目录。） / (Every demo achievement is docked \
             already, so step 5 answers 409; take another data folder.)"
                .to_owned(),
        );
    }
    for hint in &hints {
        words.push(format!("\n{hint}"));
    }
    super::say(json, &document, &words.join("\n"))
}

fn introduction(catalogue: &Catalogue, password: &str, is_new: bool) -> Vec<String> {
    let counts = [catalogue.achievements.len(), catalogue.demands.len(), catalogue.providers.len()];
    let [achievements, demands, providers] = counts;
    let mut lines = vec![if is_new {
        format!(
            "演示目录已建立：成果 {achievements} 项、需求 {demands} 项、服务机构 {providers} 家。 / The demo is there: \
             {achievements} achievements, {demands} demands, {providers} providers."
        )
    } else {
        "演示目录已存在，未新增内容；账号换了新密码，原有登录已失效。 / The demo was there already and nothing was added; \
         its accounts have a new password and were signed out."
            .to_owned()
    }];
    lines.push(
        "演示账号拥有真实角色（含管理员）：请勿用于正式数据库。 / The accounts hold real roles, an admin's among them: \
         keep the demo out of a real service's database."
            .to_owned(),
    );
    lines.push(format!(
        "全部账号的密码（本次随机生成） / the password of all accounts, new at each run: {password}\n"
    ));
    for person in &catalogue.people {
        let workplace = catalogue.workplace(&person.key).map_or("", |row| row.row.name.as_str());
        lines.push(format!("  {:<36} {:<22} {} {workplace}", person.email, person.key, person.name));
    }
    lines
}

/// Where a second shell on this machine reaches the service.
fn address(config: &Config) -> String {
    let host = match config.bind.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => "127.0.0.1".to_owned(),
        IpAddr::V6(ip) if ip.is_unspecified() => "[::1]".to_owned(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    format!("http://{host}:{}", config.bind.port())
}

/// The demo that is there, if it is.
///
/// # Errors
/// 409 when only a part of it is, or when its addresses belong to accounts of somebody else's.
async fn standing(tx: &Tx, catalogue: &Catalogue) -> Result<Option<Roll>> {
    let mut roll = Roll::default();
    let mut taken = Vec::new();
    for person in &catalogue.people {
        if let Some(row) = accounts::find_by_email(tx, &person.email).await? {
            taken.push(person.email.clone());
            if row.role == person.role && row.email_verified_at.is_some() {
                roll.people.insert(person.key.clone(), row.id);
            }
        }
    }
    if taken.is_empty() {
        return Ok(None);
    }
    for made in &catalogue.organisations {
        let found = organisation::Entity::find()
            .filter(organisation::Column::Uscc.eq(made.row.uscc.clone()))
            .filter(organisation::Column::Demo.eq(true))
            .one(tx)
            .await?;
        if let Some(row) = found.filter(|row| row.created_by == roll.people.get(&made.owner).copied()) {
            roll.organisations.insert(made.key.clone(), row.id);
        }
    }
    let whole = roll.people.len() == catalogue.people.len()
        && roll.organisations.len() == catalogue.organisations.len();
    if whole {
        return Ok(Some(roll));
    }
    let taken = taken.join(", ");
    Err(AppError::new(
        Code::AlreadyExists,
        say!(
            "这些演示邮箱已有账号，但不是完整的演示目录：{taken}；请换一个数据库。",
            "These addresses of the demo have accounts, but they are not a whole demo: {taken}; take another database."
        ),
    ))
}

/// Gives all accounts of the demo a password; whoever was signed in is signed out.
async fn give_password(tx: &Tx, cx: &Context, catalogue: &Catalogue, roll: &Roll, hash: &str) -> Result<()> {
    for person in &catalogue.people {
        let Some(id) = roll.people.get(&person.key).copied() else { continue };
        let row = accounts::hold(tx, id).await?;
        let set = ActiveModel { password_hash: Set(hash.to_owned()), ..Default::default() };
        accounts::save(tx, &row, cx.now, set).await?;
        accounts::void_links(tx, id, TokenPurpose::ResetPassword, cx.now).await?;
        accounts::forget_failures(tx, &guessing::mark(&person.email), None).await?;
        let sessions = accounts::revoke_all(tx, id, None, cx.now).await?;
        let record = Record::act("reset_demo_password", SubjectKind::Account, id)
            .with(json!({ "sessions": sessions }));
        audit::record(tx, cx, record).await?;
    }
    Ok(())
}

/// An achievement that stands published and on which the enterprise of the hints never had a docking: a
/// pair that was counted once is not counted again.
async fn untouched<'a>(
    db: &impl ConnectionTrait,
    catalogue: &'a Catalogue,
    roll: &Roll,
) -> Result<Option<&'a Item>> {
    let (Some(enterprise), Some(university)) =
        (roll.organisations.get("motor"), roll.organisations.get("university"))
    else {
        return Ok(None);
    };
    let dockings =
        docking::Entity::find().filter(docking::Column::EnterpriseId.eq(*enterprise)).all(db).await?;
    let docked: BTreeSet<_> = dockings.into_iter().filter_map(|row| row.achievement_id).collect();
    let rows = listing::Entity::find()
        .filter(listing::Column::OrganisationId.eq(*university))
        .filter(listing::Column::Kind.eq(ListingKind::Achievement))
        .filter(listing::Column::Status.eq(ListingStatus::Published))
        .all(db)
        .await?;
    let free: BTreeSet<String> =
        rows.into_iter().filter(|row| !docked.contains(&row.id)).map(|row| row.title).collect();
    for item in catalogue.achievements.iter().filter(|item| item.then == Then::Publish) {
        if free.contains(item.content(ListingKind::Achievement)?.title()) {
            return Ok(Some(item));
        }
    }
    Ok(None)
}
