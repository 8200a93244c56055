import type { Storage } from "../storage/storage.ts";

interface References {
  count: number;
  /** Resolves when the storage is open; rejects if it can't be opened. */
  opened: Promise<void>;
  closed: Promise<void> | undefined;
}

// Meshes that know nothing of each other share a storage: it closes with the last of them.
const referencesOf = new WeakMap<Storage, References>();

/** Adds a reference, and opens the storage if it is the first. */
export async function acquireStorage(storage: Storage): Promise<void> {
  let references = referencesOf.get(storage);
  if (references === undefined || references.closed !== undefined) {
    const closed = references?.closed ?? Promise.resolve();
    references = { count: 0, opened: closed.then(() => storage.open()), closed: undefined };
    referencesOf.set(storage, references);
  }
  references.count++;
  try {
    await references.opened;
  } catch (error) {
    references.count--;
    // The next caller tries again.
    if (referencesOf.get(storage) === references) referencesOf.delete(storage);
    throw error;
  }
}

/** Removes a reference, and closes the storage if it was the last. */
export async function releaseStorage(storage: Storage): Promise<void> {
  const references = referencesOf.get(storage);
  if (references === undefined || --references.count > 0) return;
  references.closed = storage.close();
  await references.closed;
}
