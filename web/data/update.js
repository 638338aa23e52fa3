// The service worker, and newer versions of the client. They wait until the user wants them.

const WORKER = "/app/data/worker.js";
const LOOK_EVERY_MILLIS = 3_600_000;

const policy = globalThis.trustedTypes?.createPolicy("worker", { createScriptURL: () => WORKER });

/** Keeps the client for use without a network. Calls `offer` with what starts a newer version. @param {(take: () => void) => void} offer */
export async function keepClient(offer) {
  // Not everywhere, and forbidden in some private windows.
  const workers = navigator.serviceWorker;
  const address = /** @type {string} */ (policy ? policy.createScriptURL("") : WORKER);
  const registration = await workers?.register(address, { scope: "/", updateViaCache: "none" }).catch(() => null);
  if (!registration) return;
  let [isTaken, isControlled] = [false, Boolean(workers.controller)];
  const look = () => {
    const next = registration.waiting;
    if (next && workers.controller) offer(() => ((isTaken = true), next.postMessage("take over")));
  };
  registration.addEventListener("updatefound", () => {
    const next = registration.installing;
    next?.addEventListener("statechange", () => next.state === "installed" && look());
  });
  workers.addEventListener("controllerchange", () => {
    if (isTaken) location.reload();
    // Another tab has activated the update.
    else if (isControlled) offer(() => location.reload());
    isControlled = true;
  });
  look();
  let lookedAt = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || Date.now() - lookedAt < LOOK_EVERY_MILLIS) return;
    lookedAt = Date.now();
    registration.update().catch(() => {});
  });
}
