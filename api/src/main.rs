//! The command line. It parses and delegates.

use std::process::ExitCode;

use clap::Parser;
use techmart_api::commands::{Cli, run};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.json;
    match actix_web::rt::System::new().block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            techmart_api::commands::complain(&error, json);
            ExitCode::FAILURE
        }
    }
}
