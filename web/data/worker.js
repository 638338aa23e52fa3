// The service worker: serves the files of one version of the client, so that it opens without a network.
// It touches nothing else; the copy of the log is the page's own.

/** The server fills these in. Any changed file is another version, and so another service worker. */
const VERSION = "{{ version }}";
const FILES = "{{ files }}".split(" ");

const SHELL = `shell-${VERSION}`;
/** Files that another app has shared, until the page takes them. */
const SHARED = "shared";

/** @type {any} */
const worker = self;

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(install()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(activate()));
worker.addEventListener("message", (/** @type {any} */ { data }) => data === "take over" && worker.skipWaiting());
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === "POST" && pathname === "/app/share") event.respondWith(share(request));
  if (request.method === "GET" && FILES.includes(pathname)) event.respondWith(serve(request, pathname));
});

async function install() {
  const cache = await caches.open(SHELL);
  await cache.addAll(FILES.map((path) => new Request(path, { cache: "no-cache", headers: { Accept: "text/html,*/*" } })));
  // The server may have been replaced meanwhile. Then another service worker is about to come.
  const now = await fetch(location.href, { cache: "no-cache" });
  if (!(await now.text()).includes(VERSION)) throw new Error("the files are of two versions");
}

/** Serves the pages that are open, and deletes the files of other versions. */
async function activate() {
  await worker.clients.claim();
  const names = (await caches.keys()).filter((name) => name.startsWith("shell-") && name !== SHELL);
  await Promise.all(names.map((name) => caches.delete(name)));
}

/** @param {Request} request @param {string} path */
async function serve(request, path) {
  const found = await caches.match(path, { cacheName: SHELL, ignoreVary: true });
  return found ?? fetch(request);
}

/** Keeps shared files for the import page. @param {Request} request */
async function share(request) {
  const cache = await caches.open(SHARED);
  const files = (await request.formData()).getAll("file");
  for (const file of files) {
    if (!(file instanceof File)) continue;
    const headers = { "X-Name": encodeURIComponent(file.name) };
    await cache.put(`/app/share/${crypto.randomUUID()}`, new Response(file, { headers }));
  }
  return Response.redirect("/#/import", 303);
}
