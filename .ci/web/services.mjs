// What the server talks to besides browsers: an OpenID provider, Garmin, and receivers of webhooks.
// start.sh has the same port.

import { createHash, createSign, generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";

const PORT = 3501;
/** The provider, which a browser visits to log in. */
export const ISSUER = `http://localhost:${PORT}`;
/** A key that Garmin accepts. */
export const GARMIN_KEY = "a-key-of-garmin";
/** Receivers: one agrees to what is posted, the other answers 503. */
export const [GOOD_HOOK, BAD_HOOK] = [`${ISSUER}/hook/good`, `${ISSUER}/hook/bad`];

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const base64 = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

const SUBJECT = randomUUID();
/** Who logs in at the provider next. */
const next = { name: "Ann Elsewhere", nonce: null };
export const logsInNext = (name) => Object.assign(next, { name });

function idToken(accessToken) {
  const now = Math.floor(Date.now() / 1000);
  const atHash = createHash("sha256").update(accessToken).digest().subarray(0, 16).toString("base64url");
  const claims = { iss: ISSUER, aud: "sports-log", sub: SUBJECT, name: next.name, nonce: next.nonce, at_hash: atHash, iat: now, exp: now + 300 };
  const signed = `${base64({ alg: "RS256", kid: "1", typ: "JWT" })}.${base64(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey).toString("base64url")}`;
}

const run = { activityId: 7001, activityName: "From Garmin", startTimeGMT: "2026-03-01 07:00:00", startTimeLocal: "2026-03-01 08:00:00", activityType: { typeKey: "running", parentTypeId: 17 }, duration: 1500, distance: 4200 };

/** What is answered at each path: a status and JSON, or where to go. */
const ANSWERS = {
  "/.well-known/openid-configuration": () => [200, {
    issuer: ISSUER, authorization_endpoint: `${ISSUER}/authorize`, token_endpoint: `${ISSUER}/token`, jwks_uri: `${ISSUER}/keys`,
    userinfo_endpoint: `${ISSUER}/userinfo`, response_types_supported: ["code"], subject_types_supported: ["public"], id_token_signing_alg_values_supported: ["RS256"],
  }],
  "/keys": () => [200, { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1", use: "sig", alg: "RS256" }] }],
  "/authorize": ({ query }) => {
    next.nonce = query.get("nonce");
    return [302, `${query.get("redirect_uri")}?${new URLSearchParams({ code: "code", state: query.get("state") })}`];
  },
  "/token": () => [200, { access_token: "an-access-token-of-ann", token_type: "Bearer", expires_in: 3600, id_token: idToken("an-access-token-of-ann") }],
  "/userinfo": () => [200, { sub: SUBJECT, name: next.name, email: "ann@elsewhere.example", email_verified: true }],
  "/garmin/personalapitoken-service/personal-api/personal-api-key/token": ({ headers }) =>
    headers.authorization === `ApiKey ${GARMIN_KEY}` ? [200, "a-token-of-garmin-for-a-day"] : [401, {}],
  "/garmin/activitylist-service/activities/search/activities": ({ query }) => [200, query.get("start") === "0" ? [run] : []],
  "/hook/good": ({ body }) => [200, { challenge: body.data?.challenge }],
  "/hook/bad": () => [503, {}],
};

export function startServices() {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams: query } = new URL(request.url, ISSUER);
    let text = "";
    for await (const chunk of request) text += chunk;
    const body = text.startsWith("{") ? JSON.parse(text) : {};
    const [status, answer] = ANSWERS[pathname]?.({ query, headers: request.headers, body }) ?? [404, {}];
    const headers = status === 302 ? { Location: answer } : { "Content-Type": "application/json" };
    response.writeHead(status, headers).end(status === 302 ? undefined : JSON.stringify(answer));
  });
  return new Promise((resolve) => server.listen(PORT, "localhost", () => resolve(() => server.close())));
}
