// Icons, drawn in the text's colour.

import { html } from "./html.js";

/** One path on a 24 × 24 grid. @param {string} path */
const icon = (path) =>
  html`<svg class="sign" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${path}></path></svg>`;

const PATHS = {
  log: "M4 6h16M4 12h16M4 18h10",
  year: "M4 6.5h16v13H4zM4 10.5h16M8.5 4v4M15.5 4v4",
  add: "M12 5v14M5 12h14",
  upload: "M12 16V5m-4.5 4L12 4.5l4.5 4.5M5 19.5h14",
  settings: "M4 7h9m5 0h2M4 17h2m5 0h9M15.5 4.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5ZM8.5 14.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5Z",
  search: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM15.5 15.5 20 20",
  foot: "M3 20h18M4 16l4-5 4 3 3-6 5 8",
  wheel: "M6 11.5a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM18 11.5a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM6 15.5 10 7h5l3 8.5M10 7H8m2.5 8.5L15 7",
  water: "M3 9c2-2 4-2 6 0s4 2 6 0 4-2 6 0M3 15c2-2 4-2 6 0s4 2 6 0 4-2 6 0",
  weight: "M3 12h18M6 7v10M9 8.5v7M18 7v10M15 8.5v7",
  snow: "M12 3v18M4 7.5l16 9M20 7.5l-16 9",
  calm: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM8 14c1.5 2 6.5 2 8 0",
  heart: "M3 12h4l2.5-6 4 12 3-6H21",
};

/** @param {keyof typeof PATHS} name */
export const sign = (name) => icon(PATHS[name]);

/** The icon of each sport. @type {[keyof typeof PATHS, string[]][]} */
const KINDS = [
  ["foot", ["run", "trail_run", "treadmill_run", "virtual_run", "walk", "hike", "climb", "stairs"]],
  ["wheel", ["cycle", "gravel_cycle", "mountain_bike", "indoor_cycle", "virtual_cycle", "e_bike", "hand_cycle", "inline_skate"]],
  ["water", ["swim", "open_water_swim", "row", "paddle", "stand_up_paddle", "surf", "kitesurf", "sail", "dive"]],
  ["weight", ["lift", "core", "hiit"]],
  ["snow", ["alpine_ski", "backcountry_ski", "cross_country_ski", "snowboard", "snowshoe", "ice_skate"]],
  ["calm", ["yoga", "pilates", "stretch", "breathwork", "dance"]],
];

/** @param {string} slug */
export function sportSign(slug) {
  const kind = KINDS.find(([, sports]) => sports.includes(slug));
  return html`<span class="sport-sign ${kind?.[0] ?? "heart"}">${sign(kind?.[0] ?? "heart")}</span>`;
}
