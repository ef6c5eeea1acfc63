//! Events 专场对接: the fairs, roadshows, contests and trainings of the centre, from the call to the report that counts.
//!
//! `service.rs` has how an event is made, changed and moved, `report.rs` its report, `sign_ups.rs` who comes,
//! `items.rs` what is shown, `proposing.rs` who should meet whom, `pairs.rs` the timetable, `results.rs` what came of a
//! pair and the docking it becomes, `calendar.rs` the entry of a calendar, `schedule.rs` the reminder, `rules.rs` what an
//! event must keep to.

pub mod calendar;
pub mod dto;
pub mod http;
pub mod items;
pub mod pairs;
pub mod policy;
pub mod proposing;
pub mod repo;
pub mod report;
pub mod results;
pub mod rules;
pub mod schedule;
pub mod service;
pub mod sign_ups;
pub mod view;
