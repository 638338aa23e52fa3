//! What a share says about days, for a calendar or a feed.

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::pictures::Mark;

/// A share with its days.
pub struct Feed {
    pub title: &'static str,
    pub product: String,
    /// Address of the share's page. Those of the feeds add an extension.
    pub url: String,
    pub digest: Vec<u8>,
    pub marks: Vec<Mark>,
}

impl Feed {
    /// Identifies the feed in its readers.
    pub fn id(&self) -> Uuid {
        self.id_of("")
    }

    /// Identifies a day or a week in readers. It stays the same while totals change.
    pub fn mark_id(&self, mark: &Mark) -> Uuid {
        self.id_of(&mark.first.to_string())
    }

    fn id_of(&self, part: &str) -> Uuid {
        let digest = Sha256::new().chain_update(&self.digest).chain_update(part).finalize();
        let bytes = digest.first_chunk().copied().unwrap_or_default();
        Builder::from_custom_bytes(bytes).into_uuid()
    }
}
