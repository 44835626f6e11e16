#![doc = include_str!("../README.md")]

mod args;
mod command;
mod compose;
mod config;
mod log;
mod permissions;
mod reference;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, AuditCommand, Command, ConfigCommand, IamCommand, PermissionsCommand};

/// Rows are many and small: this allocator keeps them close together and gives memory back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = Args::parse();
    // Both TLS stacks of the dependency tree could be meant; one is chosen, once, before anything connects.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        return fail(&anyhow::anyhow!("another TLS provider was installed before main"));
    }
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn run(args: Args) -> anyhow::Result<()> {
    log::start(args.log_format, &args.log)?;
    match args.command {
        Command::Serve(serve) => command::block_on(command::serve::run(serve)),
        Command::Demo(demo) => command::block_on(command::demo::run(demo)),
        Command::Config(ConfigCommand::Check { file }) => command::config_check(&file),
        Command::Config(ConfigCommand::Reference) => command::print(&reference::configuration()?),
        Command::Permissions(PermissionsCommand::Kubernetes(args)) => command::kubernetes_permissions(&args),
        Command::Permissions(PermissionsCommand::Iam(args)) => command::iam_permissions(args),
        Command::Audit(AuditCommand::Verify(args)) => command::block_on(command::audit::verify(args)),
        Command::Audit(AuditCommand::Export(args)) => command::block_on(command::audit::export(args)),
        Command::Audit(AuditCommand::Verbs) => command::print(&reference::audit_verbs()),
        Command::Iam(IamCommand::Eval) => command::iam::eval(),
        Command::Openapi => command::print(&command::openapi()?),
    }
}

#[expect(clippy::print_stderr, reason = "the last word of a failed command belongs on the terminal")]
fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("periscope: {error:#}");
    if error.is::<command::audit::Unchecked>() { ExitCode::from(2) } else { ExitCode::FAILURE }
}
