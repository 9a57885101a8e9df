//! placeholder while compiling
#[derive(clap::Args)]
pub struct Args {}
pub async fn run(_args: Args) -> anyhow::Result<()> { Ok(()) }
