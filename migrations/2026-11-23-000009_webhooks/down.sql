DROP TRIGGER activity_is_announced ON activities;
DROP FUNCTION announce_activity;
DELETE FROM outbox WHERE channel = 'webhook';
ALTER TABLE outbox DROP CONSTRAINT outbox_channel_check,
    ADD CONSTRAINT outbox_channel_check CHECK (channel IN ('email', 'sms'));
DROP TABLE webhook_deliveries;
DROP TABLE webhooks;
