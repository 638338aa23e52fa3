// HTTP requests. Every problem becomes a `Failure`.

/** Timeout of a request. Forms with files have none. */
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
 * Sends a request with the body `json` or `form`. `as` is the type of the answer. `sent` is called
 * with the number of bytes of a form that were sent, and of all.
 * @param {string} method
 * @param {string} path
 * @param {{json?: unknown, form?: FormData, headers?: Record<string, string>, token?: string,
 *   as?: "json" | "blob" | "none", signal?: AbortSignal, keepalive?: boolean,
 *   sent?: (bytes: number, all: number) => void}} [options]
 * @returns {Promise<{body: any, headers: Headers}>}
 */
export async function send(method, path, options = {}) {
  const { json, form, token, as = "json", signal, keepalive, sent } = options;
  const headers = new Headers(options.headers);
  if (token) headers.set("Authorization", `Bearer ${token}`);
  if (form) return sendForm(path, form, headers, signal, sent);
  if (json !== undefined) headers.set("Content-Type", "application/json");
  const request = {
    method,
    headers,
    keepalive,
    body: json === undefined ? undefined : JSON.stringify(json),
    signal: AbortSignal.any([AbortSignal.timeout(PATIENCE_MILLIS), ...(signal ? [signal] : [])]),
    cache: /** @type {RequestCache} */ ("no-cache"),
  };
  let response;
  try {
    response = await fetch(path, request);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Failure({ code: "unreachable" });
  }
  if (!response.ok) throw failure(response.status, await response.json().catch(() => null));
  return { body: await read(response, as, signal), headers: response.headers };
}

/**
 * Posts a form. `fetch` could not report how much of it was sent.
 * @param {string} path
 * @param {FormData} form
 * @param {Headers} headers
 * @param {AbortSignal} [signal]
 * @param {(bytes: number, all: number) => void} [sent]
 * @returns {Promise<{body: any, headers: Headers}>}
 */
function sendForm(path, form, headers, signal, sent) {
  signal?.throwIfAborted();
  const request = new XMLHttpRequest();
  request.open("POST", path);
  request.responseType = "json";
  for (const [name, value] of headers) request.setRequestHeader(name, value);
  request.upload.addEventListener("progress", ({ loaded, total }) => sent?.(loaded, total));
  signal?.addEventListener("abort", () => request.abort());
  return new Promise((resolve, reject) => {
    request.addEventListener("load", () => {
      const { status, response: body } = request;
      if (status < 200 || status > 299) reject(failure(status, body));
      else if (body === null) reject(new Failure({ code: "garbage" }));
      else resolve({ body, headers: new Headers() });
    });
    request.addEventListener("error", () => reject(new Failure({ code: "unreachable" })));
    request.addEventListener("abort", () => reject(signal?.reason));
    request.send(form);
  });
}

/** @param {number} status @param {any} body `null` if it is not JSON, which proxies may answer */
function failure(status, body) {
  const isOurs = typeof body?.code === "string";
  const code = isOurs ? body.code : status >= 500 ? "unavailable" : "garbage";
  return new Failure({ ...(isOurs ? body : {}), code, status });
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
