import type { Storage } from "../storage/storage.ts";

interface Use {
  count: number;
  /** Settles when the storage is open, or shows why it can't be. */
  opened: Promise<void>;
  closed: Promise<void> | undefined;
}

// A storage is shared by meshes that do not know of each other: it closes with the last of them.
const uses = new WeakMap<Storage, Use>();

/** Opens the storage for one more user. */
export async function acquireStorage(storage: Storage): Promise<void> {
  let use = uses.get(storage);
  if (use === undefined || use.closed !== undefined) {
    const closed = use?.closed ?? Promise.resolve();
    use = { count: 0, opened: closed.then(() => storage.open()), closed: undefined };
    uses.set(storage, use);
  }
  use.count++;
  try {
    await use.opened;
  } catch (error) {
    use.count--;
    // The next user tries anew.
    if (uses.get(storage) === use) uses.delete(storage);
    throw error;
  }
}

/** Ends one use; the last one closes the storage. */
export async function releaseStorage(storage: Storage): Promise<void> {
  const use = uses.get(storage);
  if (use === undefined || --use.count > 0) return;
  use.closed = storage.close();
  await use.closed;
}
