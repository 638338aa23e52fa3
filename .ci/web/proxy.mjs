// A server that can be stopped and started: passes requests on to the real one.

import { createServer, request } from "node:http";
import { API } from "./lib.mjs";

/** @param {number} port @param {{[path: string]: (text: string) => string}} altered files that are changed on their way */
export function proxy(port, altered = {}) {
  const server = createServer((from, to) => {
    const headers = { ...from.headers, host: new URL(API).host, ...(from.headers.origin && { origin: API }) };
    const alter = altered[from.url];
    if (alter) for (const name of ["accept-encoding", "if-none-match"]) delete headers[name];
    const there = request(`${API}${from.url}`, { method: from.method, headers }, async (answer) => {
      if (!alter) return to.writeHead(answer.statusCode, answer.headers), answer.pipe(to);
      const text = Buffer.concat(await answer.toArray()).toString();
      const { "content-length": length, etag, ...rest } = answer.headers;
      to.writeHead(answer.statusCode, rest).end(alter(text));
    });
    there.on("error", () => to.destroy());
    to.on("close", () => there.destroy());
    from.pipe(there);
  });
  return {
    origin: `http://localhost:${port}`,
    start: () => new Promise((wake) => server.listen(port, "localhost", wake)),
    stop: () => new Promise((wake) => (server.close(wake), server.closeAllConnections())),
  };
}
