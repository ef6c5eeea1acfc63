//! The life cycle of an appointment.

use crate::{coded_enum, life_cycle::LifeCycle};

coded_enum! {
    /// Where an appointment stands.
    pub enum AppointmentStatus: "appointment_status" {
        Proposed = "proposed" ("待确定时间", "times proposed"),
        Agreed = "agreed" ("已约定", "agreed"),
        Held = "held" ("已会面", "held"),
        Cancelled = "cancelled" ("已取消", "cancelled"),
    }
}

coded_enum! {
    /// What can be done to an appointment.
    pub enum AppointmentMove: "appointment_move" {
        Agree = "agree" ("约定时间", "agree on a time"),
        Reschedule = "reschedule" ("改期", "propose other times"),
        Hold = "hold" ("登记会面", "record the meeting"),
        Cancel = "cancel" ("取消", "cancel"),
    }
}

impl LifeCycle for AppointmentStatus {
    type Move = AppointmentMove;

    const MOVES: &'static [AppointmentMove] = AppointmentMove::ALL;

    fn target(self, mv: AppointmentMove) -> Option<Self> {
        use AppointmentStatus as S;
        let (from, to): (&[S], S) = match mv {
            AppointmentMove::Agree => (&[S::Proposed], S::Agreed),
            AppointmentMove::Reschedule => (&[S::Proposed, S::Agreed], S::Proposed),
            AppointmentMove::Hold => (&[S::Agreed], S::Held),
            AppointmentMove::Cancel => (&[S::Proposed, S::Agreed], S::Cancelled),
        };
        from.contains(&self).then_some(to)
    }
}
