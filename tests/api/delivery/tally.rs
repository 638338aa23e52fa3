//! What became of the messages of a test; printed, so that `-- --nocapture` shows it.

use std::collections::BTreeSet;

use crate::support::{Database, SmtpServer};

pub struct Tally {
    /// Mails that came to the final dot, whether or not their sender was told.
    pub received: usize,
    /// Those whose `Message-ID` had been seen before.
    pub duplicated: usize,
    /// Rows that say `sent` and whose mail the server did not answer by 250.
    pub lost: usize,
    /// Mails that no row is about.
    pub unknown: usize,
}

impl Tally {
    /// Compares all mails that `smtp` took and has not handed out, or handed out, with the outbox.
    pub async fn take(fault: &str, database: &Database, smtp: &SmtpServer) -> Self {
        let ids = |query: &str| format!("SELECT string_agg(id::text, ' ') FROM outbox {query}");
        let sent = database.text(&ids("WHERE status = 'sent'")).await;
        let all = database.text(&ids("")).await;
        let mails = smtp.seen();
        let id = |message_id: &String| message_id.split('@').next().unwrap().to_owned();
        let seen: BTreeSet<String> = mails.iter().map(id).collect();
        let taken: BTreeSet<String> = smtp.taken().iter().map(id).collect();
        let tally = Self {
            received: mails.len(),
            duplicated: mails.len() - seen.len(),
            lost: sent.split_whitespace().filter(|id| !taken.contains(*id)).count(),
            unknown: seen.iter().filter(|id| !all.contains(id.as_str())).count(),
        };
        println!(
            "{fault}: {} sent, {} received, {} duplicated, {} lost",
            sent.split_whitespace().count(),
            tally.received,
            tally.duplicated,
            tally.lost
        );
        tally
    }
}
