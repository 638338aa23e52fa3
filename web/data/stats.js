// Totals, streaks, records, goals, and pictures of the log.

import { file, get, post, put, query, remove } from "./api.js";

/**
 * Totals of a range of days, in all and by month, year or sport.
 * @param {{from?: string, to?: string, group_by: "month" | "year" | "activity_type",
 *   activity_type?: string}} range
 * @param {AbortSignal} signal
 */
export const summary = (range, signal) => get(`/stats/summary${query(range)}`, signal);

/** @param {string} sport empty for all @param {AbortSignal} signal */
export const streaks = (sport, signal) => get(`/stats/streaks${query({ activity_type: sport })}`, signal);

/** @param {string} sport empty for all @param {AbortSignal} signal */
export const records = async (sport, signal) =>
  (await get(`/stats/records${query({ activity_type: sport })}`, signal)).records;

/** A picture drawn by the server. @param {"heatmap" | "weekly"} name @param {object} parameters @param {AbortSignal} signal */
export const drawn = (name, parameters, signal) =>
  file(`/stats/${name}.svg${query({ ...parameters })}`, signal);

/** @param {AbortSignal} [signal] */
export const goals = async (signal) => (await get("/me/goals", signal)).goals;
/** The key makes retries harmless. @param {object} goal @param {string} key */
export const addGoal = (goal, key) => post("/me/goals", goal, { "Idempotency-Key": key });
/** @param {string} id @param {number} target */
export const changeGoal = (id, target) => put(`/me/goals/${id}`, { target });
/** @param {string} id */
export const dropGoal = (id) => remove(`/me/goals/${id}`);
