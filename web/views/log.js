// The log, grouped by month. Loads more while scrolling.

import { list, totals } from "../data/activities.js";
import { query as parameters } from "../data/api.js";
import { isComplete } from "../data/copy.js";
import { html } from "../components/html.js";
import { sign } from "../components/icons.js";
import { select } from "../components/form.js";
import { complain } from "../components/notice.js";
import { refreshOnChange, versionOf } from "../components/refresh.js";
import { rows } from "../components/rows.js";
import { sport, t } from "../text/words.js";
import { empty } from "./empty.js";

const PAGE = 50;
const PATIENCE_MILLIS = 300;
const SORTS = ["-started_at", "started_at", "-distance_meters", "-duration_secs"];

/** The scroll position of the list that was left last. */
let left = { hash: "", y: 0, count: 0 };

/** @param {import("../components/shell.js").Place} place */
export async function log({ query, hash, signal }) {
  const kinds = (await totals("activity_type", undefined, signal)).buckets;
  if (kinds.length === 0 && (await list({ limit: 1 }, signal)).activities.length === 0) return empty();
  const filter = { q: query.get("q") ?? "", activity_type: query.get("sport") ?? "", sort: query.get("sort") ?? SORTS[0] };
  const results = html`<div class="results"></div>`;
  let [here, version] = [hash, ""];
  let shown = new AbortController();
  signal.addEventListener("abort", () => shown.abort());

  const fill = async (/** @type {number} */ count) => {
    shown.abort();
    shown = new AbortController();
    const content = await found(filter, count, shown.signal);
    version = await versionOf(filter, count);
    results.replaceChildren(content);
  };
  const change = async (/** @type {object} */ changes) => {
    Object.assign(filter, changes);
    const { q, activity_type: sport, sort } = filter;
    here = `#/${parameters({ q, sport, sort: sort !== SORTS[0] && sort })}`;
    history.replaceState(null, "", here);
    await fill(PAGE).catch(complain);
  };

  refreshOnChange(results, signal, async (count) => {
    if ((await versionOf(filter, Math.max(PAGE, count))) !== version) await fill(Math.max(PAGE, count));
  });
  const isBack = left.hash === hash;
  await fill(isBack ? Math.max(PAGE, left.count) : PAGE);
  if (isBack) setTimeout(() => scrollTo({ top: left.y, behavior: "instant" }));
  signal.addEventListener("abort", () => {
    left = { hash: here, y: scrollY, count: results.querySelectorAll("a.row").length };
  });
  return html`<section class="page log">
    <header class="page-head"><h1>${t("log.title")}</h1>
      <a class="button primary" href="#/new">${sign("add")}${t("nav.new")}</a></header>
    ${tools(kinds, filter, change)}
    ${results}
  </section>`;
}

/** @param {any[]} kinds @param {any} filter @param {(changes: object) => void} change */
function tools(kinds, filter, change) {
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  const onSearch = (/** @type {any} */ event) => {
    clearTimeout(timer);
    timer = setTimeout(() => change({ q: event.target.value.trim() }), PATIENCE_MILLIS);
  };
  const options = kinds
    .sort((one, other) => other.activities - one.activities)
    .map((kind) => [kind.activity_type, `${sport(kind.activity_type)} (${t("n", { n: kind.activities })})`]);
  const bySport = select([["", t("log.all-sports")], ...options], "sport", filter.activity_type);
  const bySort = select(SORTS.map((sort) => [sort, t(`sort.${sort}`)]), "sort", filter.sort);
  bySport.addEventListener("change", () => change({ activity_type: bySport.value }));
  bySort.addEventListener("change", () => change({ sort: bySort.value }));
  bySport.setAttribute("aria-label", t("log.sport"));
  bySort.setAttribute("aria-label", t("log.sort"));
  return html`<search class="tools">
    <label class="search">${sign("search")}<input type="search" aria-label=${t("log.search")} placeholder=${t("log.search")}
      .value=${filter.q} @input=${onSearch}></label>
    ${bySport}${bySort}
  </search>`;
}

/** The first page of a filtered list; further pages load while scrolling. @param {any} filter @param {number} count @param {AbortSignal} signal */
async function found(filter, count, signal) {
  const isByMonth = !filter.q && /started_at$/.test(filter.sort);
  const [first, sums] = await Promise.all([
    list({ ...filter, limit: isComplete() ? count : Math.min(count, 100) }, signal),
    isByMonth ? totals("month", filter.activity_type, signal) : null,
  ]);
  const months = sums && new Map(sums.buckets.map((/** @type {any} */ one) => [one.from.slice(0, 7), one]));
  const { element, add } = rows(months);
  let { next_cursor: cursor } = first;
  const take = (/** @type {any} */ page) => add(page.activities);
  take(first);
  if (first.activities.length === 0) return html`<p class="nothing">${t("log.nothing")}</p>`;
  const end = html`<div class="end" role="status"></div>`;
  const more = async () => {
    watch.disconnect();
    end.textContent = t("waiting");
    try {
      const page = await list({ ...filter, limit: 100, cursor }, signal);
      cursor = page.next_cursor;
      take(page);
      end.replaceChildren();
      if (cursor) watch.observe(end);
    } catch (error) {
      if (signal.aborted) return;
      complain(error);
      end.replaceChildren(html`<button type="button" @click=${more}>${t("again")}</button>`);
    }
  };
  const watch = new IntersectionObserver((entries) => entries.some((one) => one.isIntersecting) && more(), { rootMargin: "1200px" });
  if (cursor) watch.observe(end);
  return html`<div>${element}${end}</div>`;
}
