// The session. The access token is only in memory, the refresh token in a cookie that scripts cannot
// read. A note in local storage says whether to expect that cookie.

import { wipe } from "./db.js";
import { Failure, send } from "./http.js";
import { exclusively } from "./platform.js";
import { dropShared } from "./shared.js";
import { keep, recall } from "./storage.js";

const NOTE = "logged-in";
/** A token is refreshed this long before it expires. */
const MARGIN_MILLIS = 20_000;

/** @type {{token: string, endsAt: number} | null} */
let access = null;

/** Shares new tokens with other tabs, so that only one of them refreshes. */
const tabs = "BroadcastChannel" in globalThis ? new BroadcastChannel("session") : null;
tabs?.addEventListener("message", ({ data }) => {
  access = data;
  if (!data) ended();
});

/** Fires `ended` when the session ends, here or in another tab. */
export const events = new EventTarget();

function ended() {
  events.dispatchEvent(new Event("ended"));
}

export function isLoggedIn() {
  return access !== null || recall(NOTE) === "yes";
}

/** @param {any} answer of any way in */
function take(answer) {
  access = { token: answer.token, endsAt: Date.now() + answer.expires_in * 1000 };
  keep(NOTE, "yes");
  tabs?.postMessage(access);
}

function forget() {
  access = null;
  keep(NOTE, null);
}

const isGood = () => access !== null && access.endsAt - MARGIN_MILLIS > Date.now();

/** A valid access token. Throws if the session has ended. */
export async function token() {
  if (!isGood()) await refresh();
  return /** @type {{token: string}} */ (access).token;
}

/** Refreshes the token, once for all tabs. @param {string} [spent] the one that was refused */
export async function refresh(spent) {
  const renew = async () => {
    if (isGood() && access?.token !== spent) return;
    await exchange({ cookie: true });
  };
  await exclusively("refresh", renew);
}

/** @param {{cookie: true, refresh_token?: string}} body */
async function exchange(body) {
  try {
    take((await send("POST", "/auth/refresh", { json: body })).body);
  } catch (error) {
    if (error instanceof Failure && error.status === 401) await over(true);
    throw error;
  }
}

/** @param {string} email @param {string} password */
export async function logIn(email, password) {
  take((await send("POST", "/auth/login", { json: { email, password, cookie: true } })).body);
}

/** @param {string} identifier @param {string} code */
export async function logInByCode(identifier, code) {
  const json = { identifier, code, cookie: true };
  take((await send("POST", "/auth/otp/verify", { json })).body);
}

/** Registers with an invitation. Tells whether that logged in; if not, a mail is on its way. @param {object} person */
export async function joinWith(person) {
  const { body } = await send("POST", "/auth/register", { json: { ...person, cookie: true } });
  if (body.token) take(body);
  return Boolean(body.token);
}

/** Moves a refresh token from a body or URL into the cookie. @param {string} refreshToken */
export async function adopt(refreshToken) {
  await exchange({ cookie: true, refresh_token: refreshToken });
}

export async function logOut() {
  try {
    await send("POST", "/auth/logout", { token: await token(), as: "none" });
  } catch (error) {
    // The session has ended already.
    if (!(error instanceof Failure) || error.status !== 401) throw error;
  }
  await over();
}

/**
 * Forgets the session and this device's copy of the log, in all tabs. If the server ended the
 * session, unsent writes wait for their owner.
 * @param {boolean} [keepsWrites]
 */
export async function over(keepsWrites = false) {
  forget();
  await Promise.all([wipe(keepsWrites), dropShared()]);
  tabs?.postMessage(null);
  ended();
}
