//! Who writes and reads which messages. Pure.

use techmart_entity::docking::{Side, message::Channel, status::DockingStage};

use crate::{error::Fault, features::docking::policy::Relation, say};

/// The threads that the caller may read.
#[must_use]
pub fn channels(relation: Relation) -> Vec<Channel> {
    let sides = relation.reads_as();
    [Channel::Both, Channel::Enterprise, Channel::Supplier]
        .into_iter()
        .filter(|channel| sides.iter().any(|side| channel.reaches(*side)))
        .collect()
}

/// For whom the caller marks messages as read; auditors look on.
#[must_use]
pub fn marks_as(relation: Relation) -> Option<Side> {
    if relation.is_party() || relation.centre { relation.reads_as().first().copied() } else { None }
}

/// Whether the stage lets the two sides talk to each other; to the centre they may always.
#[must_use]
pub fn open(stage: DockingStage, channel: Channel) -> bool {
    match channel {
        Channel::Both => stage == DockingStage::InterestExpressed || stage.has_consent(),
        Channel::Enterprise | Channel::Supplier => true,
    }
}

/// Whether that side writes there at all.
pub fn own(by: Side, channel: Channel, faults: &mut Vec<Fault>) {
    if !channel.reaches(by) {
        faults.push(Fault::at(
            "/channel",
            "not_your_channel",
            say!(
                "这是对方与服务中心之间的留言；请用 both 或您这一方。",
                "That is the other side's thread with the centre; use `both` or your own side's."
            ),
        ));
    }
}

/// What may not be said between the two before they consented.
pub fn before_consent(holds_contact: bool, has_files: bool, faults: &mut Vec<Fault>) {
    if holds_contact {
        faults.push(Fault::at(
            "/body",
            "contact_before_consent",
            say!(
                "双方同意对接之前，留言中不能有电话、邮箱、微信等联系方式；接受后用 GET /dockings/{{id}}/contacts 查看。",
                "Before both sides have consented a message holds no telephone number, address or messenger; once accepted see GET /dockings/{{id}}/contacts."
            ),
        ));
    }
    if has_files {
        faults.push(Fault::at(
            "/attachment_ids",
            "files_before_consent",
            say!(
                "双方同意对接之后才能互传文件；可先发给服务中心（channel）。",
                "Files go between the sides once both have consented; until then send them to the centre (channel)."
            ),
        ));
    }
}
