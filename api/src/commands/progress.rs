//! How far a long import is, on a terminal. Where standard error is none, nothing is drawn.

use indicatif::{ProgressBar, ProgressStyle};
use techmart_entity::import::Model;

/// A bar that is drawn over itself.
#[derive(Debug)]
pub struct Bar(ProgressBar);

impl Bar {
    #[must_use]
    pub fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {per_sec} {eta} {msg}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Shows how far an import is.
    pub fn show(&self, import: &Model) {
        if let Some(lines) = import.lines.and_then(|lines| u64::try_from(lines).ok()) {
            self.0.set_length(lines);
        }
        self.0.set_message(format!(
            "新建 {} 变更 {} 相同 {} 拒绝 {} / made, changed, same, refused",
            import.made, import.changed, import.same, import.refused
        ));
        self.0.set_position(u64::try_from(import.line).unwrap_or_default());
    }

    /// Takes it away.
    pub fn clear(&self) {
        self.0.finish_and_clear();
    }
}
