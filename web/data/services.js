// Other services: webhooks, linked logins, and the connection to Garmin.

import { call, get, post, put, remove } from "./api.js";

export const webhooks = async () => (await get("/me/webhooks")).webhooks;
/** The answer has the secret, which is never shown again. @param {object} webhook @param {string} key */
export const addWebhook = (webhook, key) => post("/me/webhooks", webhook, { "Idempotency-Key": key });
/** @param {string} id @param {{events?: string[], enabled?: boolean}} changes */
export const changeWebhook = (id, changes) => put(`/me/webhooks/${id}`, changes);
/** Posts a challenge and answers what became of it. @param {string} id */
export const testWebhook = async (id) => (await call("POST", `/me/webhooks/${id}/test`)).body;
/** @param {string} id */
export const dropWebhook = (id) => remove(`/me/webhooks/${id}`);
/** @param {string} id */
export const deliveries = async (id) => (await get(`/me/webhooks/${id}/deliveries`)).deliveries;
/** @param {string} id of a delivery */
export const replay = (id) => call("POST", `/me/webhook-deliveries/${id}/replay`);

export const connections = () => get("/me/connections");
/** What the provider answers now. @param {string} provider */
export const checkConnection = (provider) => get(`/me/connections/${provider}`);
/** The URL where the login continues. @param {string} provider @param {object} proof */
export const link = async (provider, proof) =>
  (await post(`/me/connections/${provider}`, { return_to: here(), ...proof })).authorization_url;
/** @param {string} provider */
export const unlink = (provider) => remove(`/me/connections/${provider}`);

/** @param {AbortSignal} [signal] */
export const garmin = (signal) => get("/me/garmin", signal);
/** @param {string} key */
export const connectGarmin = (key) => post("/me/garmin", { api_key: key });
/** The URL where the user allows the connection. */
export const authorizeGarmin = async () =>
  (await post("/me/garmin/authorization", { return_to: here() })).authorization_url;
export const syncGarmin = async () => (await call("POST", "/me/garmin/sync")).body;
export const disconnectGarmin = () => remove("/me/garmin");

/** Where services send the browser back to. */
const here = () => `${location.origin}/`;
