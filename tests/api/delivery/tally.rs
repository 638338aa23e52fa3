//! The fate of a test's messages, printed with `-- --nocapture`.

use std::collections::BTreeSet;

use crate::support::{Database, SmtpServer};

pub struct Tally {
    /// Mails that arrived up to the final dot, whether or not the sender got an answer.
    pub received: usize,
    /// Mails whose `Message-ID` had been seen before.
    pub duplicated: usize,
    /// Rows in status `sent` whose mail the server did not accept with 250.
    pub lost: usize,
    /// Mails that belong to no row.
    pub unknown: usize,
}

impl Tally {
    /// Compares every mail that `smtp` received with the outbox.
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
