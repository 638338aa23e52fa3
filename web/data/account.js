// The account: profile, sessions, tokens, shares, privacy zones and export.

import { file, get, post, put, query, remove } from "./api.js";
import { send } from "./http.js";
import { adopt, over } from "./session.js";

/** The account as last read, with units and time zone in `profile`. @type {any} */
export let me = null;

export async function loadMe() {
  me = await get("/me");
  return me;
}

export function forgetMe() {
  me = null;
}

/** @param {object} changes */
export async function changeProfile(changes) {
  me = await put("/me/profile", changes);
}

export const loginMethods = async () => (await send("GET", "/auth/login-methods")).body;

/** @param {string} email @param {string} password @param {string} name */
export const register = (email, password, name) =>
  send("POST", "/auth/register", { json: { email, password, display_name: name || null } });

/** @param {string} email */
export const resend = (email) => send("POST", "/auth/resend-verification", { json: { email } });

/** @param {string} email */
export const forgotPassword = (email) => send("POST", "/auth/forgot-password", { json: { email } });

/** @param {string} identifier */
export const askForCode = (identifier) => {
  const channel = identifier.includes("@") ? "email" : "sms";
  return send("POST", "/auth/otp/request", { json: { identifier, channel } });
};

/** Mails a code for reauthentication. */
export const askForProof = () => post("/me/otp", { channel: "email" });

/** @param {string} newPassword @param {object} proof */
export async function changePassword(newPassword, proof) {
  const answer = await put("/me/password", { new_password: newPassword, ...proof });
  await adopt(answer.refresh_token);
}

/** @param {object} proof */
export async function deleteAccount(proof) {
  await remove("/me", proof);
  over();
}

export const sessions = async () => (await get("/me/sessions")).sessions;
/** @param {string} id */
export const endSession = (id) => remove(`/me/sessions/${id}`);
export const endOtherSessions = () => remove("/me/sessions");
/** A page of security events. @param {string} [cursor] */
export const securityEvents = (cursor) => get(`/me/security-events${query({ limit: 30, cursor })}`);

export const tokens = async () => (await get("/me/tokens")).tokens;
/** @param {object} token */
export const createToken = (token) => post("/me/tokens", token);
/** @param {string} id */
export const deleteToken = (id) => remove(`/me/tokens/${id}`);

export const shares = async () => (await get("/shares")).shares;
/** @param {object} share @param {string} key */
export const createShare = (share, key) => post("/shares", share, { "Idempotency-Key": key });
/** @param {string} id */
export const deleteShare = (id) => remove(`/shares/${id}`);

export const zones = async () => (await get("/me/privacy-zones")).zones;
/** @param {object[]} all */
export const replaceZones = async (all) => (await put("/me/privacy-zones", { zones: all })).zones;

/** The last export, or `null`. */
export const accountExport = () =>
  get("/me/export").catch((error) => {
    if (error.status === 404) return null;
    throw error;
  });
/** @param {object} proof */
export const startExport = (proof) => post("/me/export", proof);
export const exportFile = () => file("/me/export/file");
export const deleteExport = () => remove("/me/export");
