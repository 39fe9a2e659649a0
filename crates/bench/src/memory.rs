//! Resident memory of this process, from Linux's `/proc`.

/// The most memory that was resident since [`reset_peak`], in bytes.
pub fn peak() -> u64 {
    status("VmHWM:")
}

/// Memory resident now, in bytes.
pub fn resident() -> u64 {
    status("VmRSS:")
}

/// The part of it that is not files of the index mapped into memory, whose pages Linux takes back when it wants them.
pub fn own() -> u64 {
    status("RssAnon:")
}

/// Begins a new peak.
pub fn reset_peak() {
    // 5 resets the peak (proc(5), clear_refs). Where that is not allowed the peak is of the whole process.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap_or_default() << 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_told_in_bytes() {
        reset_peak();
        assert!(resident() > 1 << 20 && peak() >= resident() / 2, "{} {}", resident(), peak());
    }
}
