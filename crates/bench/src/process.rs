//! What processes use, by Linux's own account.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

/// A process that ends with this value.
pub struct Running(std::process::Child);

impl Running {
    pub fn start(command: &mut std::process::Command) -> anyhow::Result<Self> {
        Ok(Self(command.spawn().with_context(|| format!("cannot start {command:?}"))?))
    }

    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Fails where it has ended by itself.
    pub fn check(&mut self) -> anyhow::Result<()> {
        match self.0.try_wait()? {
            Some(status) => anyhow::bail!("it ended with {status}"),
            None => Ok(()),
        }
    }

    /// Asks it to end, and waits until it has.
    pub fn stop(mut self, patience: Duration) -> anyhow::Result<()> {
        let asked = std::process::Command::new("kill").args(["-TERM", &self.id().to_string()]).status()?;
        anyhow::ensure!(asked.success(), "it could not be asked to end");
        let started = std::time::Instant::now();
        while self.0.try_wait()?.is_none() {
            anyhow::ensure!(started.elapsed() < patience, "it did not end within {patience:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The processor time these processes have used so far. One that has ended counts nothing.
pub fn processor_time(processes: &[u32]) -> Duration {
    processes.iter().filter_map(|id| of_one(*id)).sum()
}

fn of_one(id: u32) -> Option<Duration> {
    of_stat(&PathBuf::from(format!("/proc/{id}/stat")))
}

/// The same of those threads of a process whose name, of which Linux keeps fifteen signs, begins so.
pub fn processor_time_of_threads(process: u32, named: &str) -> Duration {
    let all = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let is_named = |thread: &PathBuf| std::fs::read_to_string(thread.join("comm")).is_ok_and(|name| name.starts_with(named));
    all.map(|thread| thread.path()).filter(is_named).filter_map(|thread| of_stat(&thread.join("stat"))).sum()
}

fn of_stat(file: &Path) -> Option<Duration> {
    let stat = std::fs::read_to_string(file).ok()?;
    // The name in parentheses may hold spaces; user and system time are the 14th and 15th field, in hundredths of a second.
    let (_, after_name) = stat.rsplit_once(") ")?;
    let mut fields = after_name.split(' ').skip(11).map(|field| field.parse::<u64>().ok());
    Some(Duration::from_millis((fields.next()?? + fields.next()??) * 10))
}

/// The memory that a process holds now, in MiB.
pub fn memory(id: u32) -> Option<f64> {
    of_status(id, "VmRSS:")
}

/// The most that it has held so far, in MiB.
pub fn peak_memory(id: u32) -> Option<f64> {
    of_status(id, "VmHWM:")
}

fn of_status(id: u32, what: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(what))?;
    line.split_whitespace().next()?.parse::<f64>().ok().map(|kib| kib / 1024.0)
}

/// How busy the machine was during the last minute, by anybody.
pub fn load_average() -> String {
    let read = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    read.split(' ').next().unwrap_or("?").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_thread_uses_is_counted_under_its_name() {
        let me = std::process::id();
        let busy = || {
            while processor_time_of_threads(me, "busy-in-a-test").is_zero() {
                std::hint::spin_loop();
            }
        };
        std::thread::scope(|scope| {
            std::thread::Builder::new().name("busy-in-a-test".to_owned()).spawn_scoped(scope, busy).expect("a thread");
        });
        assert_eq!(processor_time_of_threads(me, "nobody"), Duration::ZERO);
        assert!(processor_time(&[me]) > Duration::ZERO);
    }
}
