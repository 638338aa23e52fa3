// HTTP requests. Every problem becomes a `Failure`.

/** Timeout of a request. Uploads have none. */
const PATIENCE_MILLIS = 45_000;

/** A failed request. `code` is the API's, or `unreachable`, `unavailable` or `garbage`. */
export class Failure extends Error {
  /** @param {{status?: number, code: string, error?: string, fields?: Fault[], request_id?: string}} body */
  constructor({ status = 0, code, error = "", fields = [], request_id = "" }) {
    super(error || code);
    Object.assign(this, { status, code, fields, requestId: request_id });
  }
}

/**
 * Sends a request with the body `json` or `form`. `as` is the type of the answer.
 * @param {string} method
 * @param {string} path
 * @param {{json?: unknown, form?: FormData, headers?: Record<string, string>, token?: string,
 *   as?: "json" | "blob" | "none", signal?: AbortSignal, keepalive?: boolean}} [options]
 * @returns {Promise<{body: any, headers: Headers}>}
 */
export async function send(method, path, options = {}) {
  const { json, form, token, as = "json", signal, keepalive } = options;
  const headers = new Headers(options.headers);
  if (token) headers.set("Authorization", `Bearer ${token}`);
  if (json !== undefined) headers.set("Content-Type", "application/json");
  const patience = form ? [] : [AbortSignal.timeout(PATIENCE_MILLIS)];
  const request = {
    method,
    headers,
    keepalive,
    body: form ?? (json === undefined ? undefined : JSON.stringify(json)),
    signal: AbortSignal.any([...patience, ...(signal ? [signal] : [])]),
    cache: /** @type {RequestCache} */ ("no-cache"),
  };
  let response;
  try {
    response = await fetch(path, request);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Failure({ code: "unreachable" });
  }
  if (!response.ok) throw await failure(response);
  return { body: await read(response, as, signal), headers: response.headers };
}

/** @param {Response} response */
async function failure(response) {
  // Proxies may answer without JSON.
  const body = await response.json().catch(() => null);
  const isOurs = typeof body?.code === "string";
  const code = isOurs ? body.code : response.status >= 500 ? "unavailable" : "garbage";
  return new Failure({ ...(isOurs ? body : {}), code, status: response.status });
}

/**
 * @param {Response} response
 * @param {"json" | "blob" | "none"} as
 * @param {AbortSignal} [signal]
 */
async function read(response, as, signal) {
  try {
    if (as === "none" || response.status === 204) return null;
    return as === "blob" ? await response.blob() : await response.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Failure({ code: error instanceof SyntaxError ? "garbage" : "unreachable" });
  }
}

/** @typedef {{field: string, code: string, message: string}} Fault */
