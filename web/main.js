// The entry point: starts the client and shows the view that the URL's fragment names. Modules import in the
// order views → components → text → data.

import { forgetMe, loadMe, me } from "./data/account.js";
import { load } from "./data/copy.js";
import { Failure } from "./data/http.js";
import { adopt, events, isLoggedIn } from "./data/session.js";
import { keepClient } from "./data/update.js";
import { takeDroppedFiles } from "./components/drop.js";
import { html } from "./components/html.js";
import { listenForKeys } from "./components/keys.js";
import { complain, say } from "./components/notice.js";
import { shell, show } from "./components/shell.js";
import { words } from "./text/failures.js";
import { addWords, loadWords, t } from "./text/words.js";
import { activity } from "./views/activity.js";
import { edit } from "./views/edit.js";
import { byCode, forgot, logIn, register } from "./views/enter.js";
import { importFiles, takeFiles } from "./views/import.js";
import { log } from "./views/log.js";
import { newActivity } from "./views/new.js";

/** Views for logged-in users, by their path. Those that few visits need are loaded when one does. */
const PAGES = /** @type {[RegExp, (place: import("./components/shell.js").Place) => Promise<Node> | Node][]} */ ([
  [/^#\/activities\/([^/]+)\/edit$/, edit],
  [/^#\/activities\/([^/]+)$/, activity],
  [/^#\/import(?:\/([^/]+))?$/, importFiles],
  [/^#\/new$/, newActivity],
  [/^#\/year(?:\/(\d{4}))?$/, async (place) => (await import("./views/year.js")).year(place)],
  [/^#\/settings(?:\/([^/]+))?$/, async (place) => (await import("./views/settings.js")).settings(place)],
  [/^#\/waiting$/, async (place) => (await import("./views/waiting.js")).waitingWrites(place)],
]);

/** Views for everybody else. */
const DOORS = { "#/register": register, "#/forgot": forgot, "#/code": byCode, "#/join": async (/** @type {any} */ door) => (await import("./views/join.js")).join(door) };

const A_DAY_MILLIS = 86_400_000;
let leave = new AbortController();

/** Shows the view that the URL names. */
async function go() {
  leave.abort();
  leave = new AbortController();
  const { signal } = leave;
  const hash = location.hash || "#/";
  const [path, parameters] = hash.split("?");
  const waiting = setTimeout(() => signal.aborted || show(html`<p class="waiting" role="status">${t("waiting")}</p>`, hash), 250);
  try {
    const page = await pageOf(path, { query: new URLSearchParams(parameters), hash, signal });
    if (!signal.aborted) show(page, hash);
  } catch (error) {
    if (!signal.aborted && isLoggedIn()) show(failed(error), hash);
    else if (!signal.aborted) go();
  } finally {
    clearTimeout(waiting);
  }
}

/** @param {string} path @param {Omit<import("./components/shell.js").Place, "id">} place */
async function pageOf(path, place) {
  if (!isLoggedIn()) {
    shell(false);
    return (DOORS[/** @type {keyof typeof DOORS} */ (path)] ?? logIn)({ entered: go, query: place.query });
  }
  if (!me) {
    await loadMe();
    shell(true);
  }
  // The login views have no meaning after the login.
  if (path in DOORS) history.replaceState(null, "", "#/");
  for (const [pattern, page] of PAGES) {
    const found = pattern.exec(path);
    if (found) return page({ ...place, id: found[1] ?? "" });
  }
  return log({ ...place, id: "" });
}

/** @param {unknown} error */
function failed(error) {
  console.error(error);
  if (!me) shell(true);
  return html`<section class="page narrow">
    <h1>${t("failed.title")}</h1>
    <p>${words(error)}</p>
    <div class="buttons"><button type="button" class="primary" @click=${go}>${t("again")}</button>
      <a class="button" href="#/">${t("nav.log")}</a></div>
  </section>`;
}

/** Takes the result of a login or a link at a provider out of the URL. */
async function comeBack() {
  const came = new URLSearchParams(location.hash.slice(1));
  const [token, code, linked] = ["refresh_token", "error", "linked"].map((name) => came.get(name));
  if (!token && !code && !linked) return;
  // Only a user who is logged in links a service.
  history.replaceState(null, "", isLoggedIn() ? "#/settings/connections" : "#/");
  if (code) await addWords("invitations");
  if (code) complain(new Failure({ code, error: came.get("error_description") ?? "" }));
  else if (linked) say(t("connections.linked"));
  else if (token) await adopt(token).catch(complain);
}

events.addEventListener("ended", () => (forgetMe(), go()));
addEventListener("hashchange", go);
addEventListener("language", async () => {
  shell(isLoggedIn());
  await go();
});
addEventListener("unhandledrejection", (event) => complain(event.reason));

// The log is read while the words are loaded.
if (isLoggedIn()) load();
await loadWords();
shell(isLoggedIn());
takeDroppedFiles((files) => isLoggedIn() && takeFiles(files));
listenForKeys();
await comeBack();
await go();
keepClient((act) => say(t("update.ready"), { millis: A_DAY_MILLIS, action: { label: t("update.take"), act } }));
