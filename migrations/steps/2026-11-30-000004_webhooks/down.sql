DROP TABLE webhook_deliveries, webhook_events, webhooks;
