//! How well the centre serves: how long a first answer takes, how many come in time, how far listings come, and why
//! dockings are lost. All of it is read from the desk, the funnel and the dockings; nothing is counted for it.

mod answers;
pub mod dto;
pub mod http;
pub mod repo;
pub mod view;
