//! What leaves the house: a frozen report as a page that a leader reads in two minutes (`page/`), as a
//! workbook (`xlsx/`), as pictures (`chart/`), and its evidence as an archive that anybody can check
//! (`bundle/`). All of it follows from the frozen documents alone (`frozen.rs`), so the same report gives the
//! same bytes whenever it is asked for, by whom, and by which way: `http.rs` answers with them and
//! `techmart report` writes them into a folder. How figures are worded is `figure.rs`.

pub mod bundle;
pub mod chart;
pub mod dto;
pub mod figure;
pub mod frozen;
pub mod http;
pub mod page;
pub mod service;
pub mod xlsx;
