//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

/// A self-hosted console for Kubernetes on Amazon EKS, and anywhere else.
#[derive(Debug, Parser)]
#[command(name = "periscope", version, max_term_width = 100)]
pub(crate) struct Args {
    /// What to log: a level, or levels per module.
    #[arg(long, global = true, env = "PERISCOPE_LOG", default_value = "info")]
    pub(crate) log: String,
    /// How log lines look.
    #[arg(long, global = true, env = "PERISCOPE_LOG_FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The console.
    Serve(Serve),
    /// The console against an embedded world of three clusters; needs nothing else.
    Demo(Demo),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// The record of every act: verify it, export it.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Ask the IAM policy engine.
    #[command(subcommand)]
    Iam(IamCommand),
    /// Print the API description.
    Openapi,
    /// Print what Periscope needs elsewhere.
    #[command(subcommand)]
    Permissions(PermissionsCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum PermissionsCommand {
    /// The manifests to apply to each cluster.
    Kubernetes(KubernetesPermissions),
    /// The least IAM policy for Periscope's own role, as JSON.
    Iam(IamPermissions),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct IamPermissions {
    /// Only what this needs; repeat for several. Everything when absent.
    #[arg(long = "feature", value_name = "FEATURE")]
    pub(crate) features: Vec<IamFeature>,
    /// The ARN of an EKS cluster; repeat for several. Any cluster when absent.
    #[arg(long = "cluster", value_name = "ARN")]
    pub(crate) clusters: Vec<String>,
    /// The ARN of a role that the configuration says to assume; repeat for several.
    #[arg(long = "assume-role", value_name = "ARN")]
    pub(crate) roles: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum IamFeature {
    /// Reach clusters by EKS, and know what each is.
    Cluster,
    /// Who may enter a cluster, by access entries.
    Access,
    /// Which roles pods have, and what those may do.
    Identity,
    /// The same role by role, where all roles of an account may not be read at once.
    IdentityNarrow,
    /// What the organisation's policies leave of it.
    Organization,
    /// Whether pods reach their node's role.
    Instances,
    /// Say beforehand which permissions are missing.
    Capabilities,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct KubernetesPermissions {
    /// Only one part of it.
    #[arg(long)]
    pub(crate) part: Option<PermissionsPart>,
    /// The service account that Periscope runs as.
    #[arg(long, value_name = "NAMESPACE/NAME", default_value = "periscope/periscope")]
    pub(crate) service_account: String,
    /// The group that Periscope comes with instead, where an EKS access entry lets it in.
    #[arg(long, value_name = "GROUP", conflicts_with = "service_account")]
    pub(crate) server_group: Option<String>,
    /// A group that people come with, as the cluster hears it (raw mode); repeat for several. The tiers' when absent.
    #[arg(long = "group", value_name = "GROUP")]
    pub(crate) groups: Vec<String>,
    /// A user that may be impersonated; repeat for several. Any when absent.
    #[arg(long = "user", value_name = "USER")]
    pub(crate) users: Vec<String>,
    /// Name the verbs too: constrained impersonation, which API servers have from 1.36 on.
    #[arg(long)]
    pub(crate) constrained: bool,
    /// Also hand out the tier `admin`, which is cluster-admin.
    #[arg(long)]
    pub(crate) with_admin: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PermissionsPart {
    Impersonator,
    Inventory,
    Tiers,
}

#[derive(Debug, Subcommand)]
pub(crate) enum IamCommand {
    /// Answer cases from standard input, one JSON object per line in and out. Each names a request and all the policies
    /// that have a say; its answer names the decision and every statement behind it.
    Eval,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Say whether a record is what was written, and if not, where. Exits with 0 when it is intact, with 1 when it is not,
    /// and with 2 when that could not be found out.
    Verify(AuditVerify),
    /// Print rows, oldest first.
    Export(AuditExport),
    /// Print the reference of every verb.
    Verbs,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct AuditVerify {
    /// The SQLite database, or the address of the PostgreSQL one (`postgres://…`).
    #[arg(value_name = "FILE|DSN")]
    pub(crate) record: String,
    /// A file of checkpoints that was kept outside the record; repeat for several. Without one, an end that was cut off
    /// together with its checkpoints is not noticed, and neither is an old state.
    #[arg(long = "checkpoint", value_name = "FILE")]
    pub(crate) checkpoints: Vec<PathBuf>,
    /// A file with the public key of the signer; repeat for several. The record's own word is taken when absent.
    #[arg(long = "public-key", value_name = "FILE")]
    pub(crate) public_keys: Vec<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct AuditExport {
    /// The SQLite database, or the address of the PostgreSQL one (`postgres://…`).
    #[arg(value_name = "FILE|DSN")]
    pub(crate) record: String,
    #[arg(long, default_value = "json-lines")]
    pub(crate) format: AuditFormat,
    /// Only rows with this value, such as `verb=scale`; repeat for several. Values of one field are alternatives.
    #[arg(long = "where", value_name = "FIELD=VALUE")]
    pub(crate) fields: Vec<String>,
    /// Only rows with all of these words.
    #[arg(long, value_name = "WORDS")]
    pub(crate) text: Option<String>,
    /// Only rows from this time on, such as `2026-11-26T00:00:00Z`.
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<String>,
    /// Only rows before this time.
    #[arg(long, value_name = "TIME")]
    pub(crate) to: Option<String>,
    /// Of a chain, only rows from this number on; repeat for several chains.
    #[arg(long = "start", value_name = "CHAIN:NUMBER")]
    pub(crate) starts: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuditFormat {
    JsonLines,
    Csv,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Check a configuration file and say what is wrong, and where.
    Check { file: PathBuf },
    /// Print the reference of every setting.
    Reference,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Serve {
    /// The configuration file.
    #[arg(long, value_name = "FILE", conflicts_with = "kubeconfig", required_unless_present = "kubeconfig")]
    pub(crate) config: Option<PathBuf>,
    /// For one person on loopback: every context of this kubeconfig becomes a cluster, read and written with the
    /// kubeconfig's own identity.
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// Where to listen; overrides the configuration.
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// Where to serve metrics; overrides the configuration.
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// Keep the database here; overrides the configuration.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Everybody who connects is this user: development on loopback only.
    #[arg(long, value_name = "USER", requires = "config", conflicts_with_all = ["dev_personas", "kubeconfig"])]
    pub(crate) dev_user: Option<String>,
    /// A group of the development user; repeat for several.
    #[arg(long = "dev-group", value_name = "GROUP", requires = "dev_user")]
    pub(crate) dev_groups: Vec<String>,
    /// Users to choose from without a password: development and tests on loopback only.
    #[arg(long, value_name = "FILE", requires = "config", conflicts_with = "kubeconfig")]
    pub(crate) dev_personas: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Demo {
    /// Where to listen.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Where to serve metrics.
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// Pods in prod-eu.
    #[arg(long, value_name = "N")]
    pub(crate) pods: Option<usize>,
    /// Only the world, without the console.
    #[arg(long)]
    pub(crate) world_only: bool,
    /// Write a kubeconfig for the world's clusters; its contexts are named after them.
    #[arg(long, value_name = "FILE")]
    pub(crate) write_kubeconfig: Option<PathBuf>,
    /// Write a configuration for `periscope serve --config`: the identity in it may only impersonate.
    #[arg(long, value_name = "FILE")]
    pub(crate) write_config: Option<PathBuf>,
    /// Write shell exports for the world's AWS, which the AWS CLI and every SDK understand; `periscope_aws NAME` in them
    /// changes the account.
    #[arg(long, value_name = "FILE")]
    pub(crate) write_aws_env: Option<PathBuf>,
    /// An AWS action that is refused to everybody, to see what is missing then: `iam:GetPolicyVersion`, `organizations:*`;
    /// with an account in front only there: `444455556666/iam:*`. Repeat for several.
    #[arg(long = "aws-deny", value_name = "ACTION")]
    pub(crate) aws_deny: Vec<String>,
    /// The same seed makes the same world.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Nothing changes by itself.
    #[arg(long)]
    pub(crate) quiet_world: bool,
    /// Pod changes per second in prod-eu instead of its own pace, for measurements.
    #[arg(long, value_name = "N")]
    pub(crate) changes_per_second: Option<u32>,
    /// Keep the database here.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}
