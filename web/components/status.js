// Says what is not in sync: no network, changes that wait, a copy that is being made.

import { events, isComplete, limit, size, waiting } from "../data/copy.js";
import { isAway } from "../data/sync.js";
import { t } from "../text/words.js";
import { html } from "./html.js";
import { say } from "./notice.js";

const place = html`<p class="sync" role="status"></p>`;
let said = "";
/** Whether the user knows that nothing is kept on this device. */
let isWarned = false;

export function status() {
  said = "";
  show();
  setTimeout(warn);
  return place;
}

/** Whether a write waits for its owner. @param {any} write */
export const isTroubled = (write) => Boolean(write.refusal) || write.theirs !== undefined;

function show() {
  const [all, troubled] = [waiting(), waiting().filter(isTroubled).length];
  const isFirst = !isComplete() && !limit && size() > 0;
  const parts = [
    isAway && t("sync.away"),
    isFirst && t("sync.first", { n: size() }),
    troubled > 0 ? t("sync.troubled", { n: troubled }) : isAway && all.length > 0 && t("sync.waiting", { n: all.length }),
  ].filter(Boolean);
  const text = parts.join(" · ");
  if (text !== said) place.replaceChildren(all.length > 0 && text ? html`<a href="#/waiting" class=${troubled > 0 ? "bad" : ""}>${text}</a>` : text);
  said = text;
}

/** Says once, on a page, that the log works online only. */
function warn() {
  if (limit && !isWarned && place.isConnected) say(t(`sync.${limit}`), { millis: 12_000 });
  isWarned = limit !== null && (isWarned || place.isConnected);
}

events.addEventListener("changed", show);
events.addEventListener("changed", warn);
