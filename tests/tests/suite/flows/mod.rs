//! Stories: several actors, one after another.

mod achievement;
mod contracts;
mod desk;
mod docking;
mod duplicates;
mod events;
mod funnel;
mod import;
mod indicators;
mod invitations;
mod looks;
mod market;
mod matches;
mod notifications;
mod people;
mod recommendations;
mod report_files;
mod reports;
mod saved_searches;
mod searching;
mod signals;
mod suspension;
mod three_years;
