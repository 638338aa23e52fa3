// The account: profile, sessions, tokens, shares, privacy zones and export.

import { file, get, post, put, query, remove } from "./api.js";
import { commit, fact, forget, load } from "./copy.js";
import { send } from "./http.js";
import { adopt, over } from "./session.js";
import { start, stop } from "./sync.js";

/** The account as last read, with units and time zone in `profile`. @type {any} */
export let me = null;

/** Reads the account, from this device if it has been here before, and starts to keep a copy of its log. */
export async function loadMe() {
  await load();
  me = fact("me") ?? null;
  const fresh = get("/me").then(remember);
  if (me) fresh.catch(() => {});
  else await fresh;
  start();
}

export function forgetMe() {
  me = null;
  stop();
  forget();
}

/** Keeps the account. What another account has left on this device is deleted. @param {any} account */
async function remember(account) {
  await commit(async ({ activities, opened, writes, facts }) => {
    const owner = await facts.get("owner");
    if (owner && owner.value !== account.id) for (const one of [activities, opened, writes, facts]) one.clear();
    facts.put({ id: "owner", value: account.id });
    facts.put({ id: "me", value: account });
  });
  me = account;
}

/** @param {object} changes */
export async function changeProfile(changes) {
  await remember(await put("/me/profile", changes));
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
  await over();
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

export const invitations = () => get("/me/invitations");
/** @param {object} invitation */
export const createInvitation = (invitation) => post("/me/invitations", invitation);
/** @param {string} id */
export const deleteInvitation = (id) => remove(`/me/invitations/${id}`);

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
