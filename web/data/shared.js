// Files that another app has shared. The service worker keeps them until the user imports or discards them.

const SHARED = "shared";

/** Without them where there are no service workers. */
export async function sharedFiles() {
  if (!(await globalThis.caches?.has(SHARED).catch(() => false))) return [];
  const cache = await caches.open(SHARED);
  const answers = await Promise.all((await cache.keys()).map((key) => cache.match(key)));
  return Promise.all(answers.filter((one) => one !== undefined).map(async (one) =>
    new File([await one.blob()], decodeURIComponent(one.headers.get("X-Name") ?? ""))));
}

export const dropShared = async () => void (await globalThis.caches?.delete(SHARED).catch(() => false));
