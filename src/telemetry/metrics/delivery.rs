//! Metrics of the outbox and its delivery.

use prometheus::{
    Gauge, GaugeVec, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec,
    Registry,
};

use super::{counter, counters, histogram, opts, registered};
use crate::outbox::{Channel, store::Depth};

/// In seconds, for a single statement on an index.
const CLAIM_BUCKETS: [f64; 10] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.5];

/// Metrics of the outbox, its delivery, and periodic measurements.
#[derive(Clone)]
pub struct DeliveryMetrics {
    /// Unfinished messages by channel and status.
    pub depth: IntGaugeVec,
    /// Age in seconds of the oldest unfinished message, by channel.
    pub oldest_seconds: GaugeVec,
    /// Attempts by channel and outcome.
    pub attempts: IntCounterVec,
    /// Messages given up, by channel and class of error.
    pub dead: IntCounterVec,
    /// Messages that expired before they could be sent, by channel.
    pub expired: IntCounterVec,
    /// Addresses that began to fail within the last hour, by channel.
    pub unreachable: IntGaugeVec,
    /// Seconds that a claim takes.
    pub claim: Histogram,
    /// Seconds from commit to sent.
    pub latency: Histogram,
    /// 1 while a channel's circuit breaker is open.
    pub breaker_open: IntGaugeVec,
    /// 1 while a delivery actor runs.
    pub actor_up: IntGaugeVec,
    /// Completions rejected because the lease was lost.
    pub lost_leases: IntCounter,
    /// Restarts of the actors after one of them died.
    pub restarts: IntCounter,
    /// Unix time of the last backup; 0 if there is none.
    pub last_backup: IntGauge,
    /// Seconds by which the local clock is ahead of the database's.
    pub clock_offset: Gauge,
    /// Seconds that the oldest due job has waited, by type of work.
    pub work_wait: GaugeVec,
    /// Unfinished imports, by status.
    pub imports: IntGaugeVec,
    /// Text messages sent today (UTC) by all servers.
    pub texts_today: IntGauge,
    /// The maximum number of text messages per day; 0 if there is no limit.
    pub texts_daily_limit: IntGauge,
    /// Deleted registrations that nobody verified, and accounts without a verified login method.
    pub unproven_purged: IntCounterVec,
}

impl DeliveryMetrics {
    pub(super) fn new(r: &Registry) -> prometheus::Result<Self> {
        let metrics = Self {
            depth: registered(
                r,
                IntGaugeVec::new(
                    opts("outbox_messages", "Pending messages"),
                    &["channel", "status"],
                )?,
            )?,
            oldest_seconds: registered(
                r,
                GaugeVec::new(
                    opts("outbox_oldest_seconds", "Age of the oldest pending message"),
                    &["channel"],
                )?,
            )?,
            attempts: counters(
                r,
                "outbox_attempts_total",
                "Attempts to send messages",
                &["channel", "outcome"],
            )?,
            dead: counters(
                r,
                "outbox_dead_total",
                "Messages that were given up",
                &["channel", "class"],
            )?,
            expired: counters(
                r,
                "outbox_expired_total",
                "Messages that expired before they could be sent",
                &["channel"],
            )?,
            unreachable: registered(
                r,
                IntGaugeVec::new(
                    opts(
                        "outbox_unreachable_addresses",
                        "Addresses and numbers that began to fail within the last hour",
                    ),
                    &["channel"],
                )?,
            )?,
            claim: registered(
                r,
                Histogram::with_opts(
                    HistogramOpts::from(opts(
                        "outbox_claim_seconds",
                        "Seconds that a relay takes to claim due messages",
                    ))
                    .buckets(CLAIM_BUCKETS.to_vec()),
                )?,
            )?,
            latency: histogram(
                r,
                "outbox_commit_to_sent_seconds",
                "Seconds from enqueueing a message to its acceptance",
            )?,
            breaker_open: registered(
                r,
                IntGaugeVec::new(
                    opts("outbox_breaker_open", "1 while a channel's circuit breaker is open"),
                    &["channel"],
                )?,
            )?,
            actor_up: registered(
                r,
                IntGaugeVec::new(
                    opts("delivery_actor_up", "1 while a delivery actor runs"),
                    &["actor"],
                )?,
            )?,
            lost_leases: counter(
                r,
                "outbox_lost_leases_total",
                "Messages completed after their lease was lost",
            )?,
            restarts: counter(r, "delivery_restarts_total", "Restarts of the delivery actors")?,
            clock_offset: registered(
                r,
                Gauge::with_opts(opts(
                    "clock_offset_seconds",
                    "Seconds by which this machine's clock is ahead of the database's",
                ))?,
            )?,
            work_wait: registered(
                r,
                GaugeVec::new(
                    opts("work_wait_seconds", "Seconds that the oldest due job has waited"),
                    &["work"],
                )?,
            )?,
            imports: registered(
                r,
                IntGaugeVec::new(opts("imports", "Imports that are not finished"), &["status"])?,
            )?,
            texts_today: registered(
                r,
                IntGauge::with_opts(opts("sms_today", "Text messages sent today by all servers"))?,
            )?,
            texts_daily_limit: registered(
                r,
                IntGauge::with_opts(opts(
                    "sms_daily_limit",
                    "Text messages that may be sent in a day, 0 without a limit",
                ))?,
            )?,
            unproven_purged: counters(
                r,
                "unproven_purged_total",
                "Deleted registrations and accounts whose address was never confirmed",
                &["what"],
            )?,
            last_backup: registered(
                r,
                IntGauge::with_opts(opts(
                    "last_backup_timestamp_seconds",
                    "Unix time of the last backup, 0 without one",
                ))?,
            )?,
        };
        // Create the series that alerts use, so that they exist before their first event.
        for channel in Channel::ALL.map(|channel| channel.to_string()) {
            for class in ["permanent", "unconfirmed"] {
                metrics.dead.with_label_values(&[channel.as_str(), class]);
            }
            metrics.expired.with_label_values(&[channel.as_str()]);
            metrics.attempts.with_label_values(&[channel.as_str(), "sent"]);
        }
        for what in ["registration", "account"] {
            metrics.unproven_purged.with_label_values(&[what]);
        }
        metrics.set_depths(&[]);
        Ok(metrics)
    }

    /// Sets the depths, with zero where there are no messages. A series that vanishes would look
    /// like a server that vanished.
    pub fn set_depths(&self, depths: &[Depth]) {
        for channel in Channel::ALL.map(|channel| channel.to_string()) {
            let of_channel = || depths.iter().filter(|depth| depth.channel == channel);
            let oldest = of_channel().map(|depth| depth.oldest_seconds).fold(0.0, f64::max);
            self.oldest_seconds.with_label_values(&[channel.as_str()]).set(oldest);
            for status in ["queued", "sending"] {
                let messages = of_channel().filter(|depth| depth.status == status);
                let messages = messages.map(|depth| depth.messages).sum();
                self.depth.with_label_values(&[channel.as_str(), status]).set(messages);
            }
        }
    }
}
