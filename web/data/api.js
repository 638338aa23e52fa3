// Requests with the user's access token.

import { Failure, send } from "./http.js";
import { refresh, token } from "./session.js";

/**
 * Like `send`, with the access token. A refused token is refreshed once.
 * @param {string} method
 * @param {string} path
 * @param {Parameters<typeof send>[2]} [options]
 */
export async function call(method, path, options) {
  const first = await token();
  try {
    return await send(method, path, { ...options, token: first });
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "invalid_access_token") throw error;
    await refresh(first);
    return send(method, path, { ...options, token: await token() });
  }
}

/** @param {string} path @param {AbortSignal} [signal] @returns {Promise<any>} */
export const get = async (path, signal) => (await call("GET", path, { signal })).body;

/** @param {string} path @param {unknown} json @param {Record<string, string>} [headers] @returns {Promise<any>} */
export const post = async (path, json, headers) =>
  (await call("POST", path, { json, headers })).body;

/** @param {string} path @param {unknown} json @param {Record<string, string>} [headers] @returns {Promise<any>} */
export const put = async (path, json, headers) => (await call("PUT", path, { json, headers })).body;

/** @param {string} path @param {unknown} [json] @param {Record<string, string>} [headers] */
export const remove = (path, json, headers) => call("DELETE", path, { json, headers, as: "none" });

/** @param {string} path @param {AbortSignal} [signal] @returns {Promise<Blob>} */
export const file = async (path, signal) => (await call("GET", path, { as: "blob", signal })).body;

/** A query string of the parameters that have a value. @param {Record<string, unknown>} parameters */
export function query(parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value || value === 0);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}
