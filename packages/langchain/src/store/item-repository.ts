import type { Item as StoreItem } from "@langchain/langgraph-checkpoint";
import {
  type AgentContext,
  type ErrorCode,
  isSynthaError,
  type Item,
  type Page,
} from "@syntha/core";
import { type Address, fromMeshKey, toMeshKey, toMeshPrefix } from "./item-key.ts";
import type { Namespace } from "./namespace.ts";
import type { CheckedOptions, TimeToLive } from "./options.ts";

/** Keys of one read, and items of one page. */
const MAX_ITEMS = 1_000;

/** Errors that do not prevent a read: another agent wrote or claimed the item, or this agent may only read. */
const IGNORED_ON_REFRESH: ReadonlySet<ErrorCode> = new Set(["CONFLICT", "FORBIDDEN", "KEY_TAKEN"]);

export interface ItemWrite extends Address {
  readonly value: unknown;
  readonly ttl: TimeToLive | undefined;
}

/** The items of a store within a mesh, as one agent sees them. */
export class ItemRepository {
  readonly #context: AgentContext;
  readonly #options: CheckedOptions;

  constructor(context: AgentContext, options: CheckedOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** The items at these addresses, in their order; null for none. */
  async get(addresses: readonly Address[]): Promise<(StoreItem | null)[]> {
    const { prefix } = this.#options;
    const keys = addresses.map((address) => toMeshKey(prefix, address));
    const found = new Map<string, Item>();
    const names = [...new Set(keys)];
    for (let i = 0; i < names.length; i += MAX_ITEMS) {
      const items = await this.#context.getItems(names.slice(i, i + MAX_ITEMS));
      for (const item of items) found.set(item.key, item);
    }
    await this.#refresh([...found.values()]);
    return keys.map((key, i) => {
      const item = found.get(key);
      return item === undefined ? null : toStoreItem(addresses[i] as Address, item);
    });
  }

  /** Items of a namespace and of those below it that pass the test, in key order. Reads only as many as it needs. */
  async search(
    namespace: Namespace,
    test: ((value: unknown) => boolean) | undefined,
    offset: number,
    limit: number,
  ): Promise<StoreItem[]> {
    const { prefix } = this.#options;
    const found: { address: Address; item: Item }[] = [];
    let toSkip = offset;
    let page: Page | undefined;
    do {
      if (limit === 0) break;
      // Items that are skipped without a test are listed without values.
      const skipping = test === undefined && toSkip > 0;
      const count = skipping ? toSkip : test === undefined ? limit - found.length : MAX_ITEMS / 10;
      const filter = {
        prefix: toMeshPrefix(prefix, namespace),
        limit: Math.min(count, MAX_ITEMS),
        page,
      };
      const listing = skipping
        ? await this.#context.list({ ...filter, values: false })
        : await this.#context.list(filter);
      for (const item of listing.items) {
        const address = fromMeshKey(prefix, item.key);
        if (address === undefined || (test !== undefined && !test((item as Item).value))) continue;
        if (toSkip > 0) toSkip--;
        else if (found.length < limit) found.push({ address, item: item as Item });
      }
      page = listing.nextPage;
    } while (page !== undefined && found.length < limit);
    await this.#refresh(found.map(({ item }) => item));
    return found.map(({ address, item }) => toStoreItem(address, item));
  }

  /** Namespaces with items, at or below a namespace, in key order and without duplicates. */
  async *namespaces(below: Namespace): AsyncGenerator<Namespace> {
    const { prefix } = this.#options;
    const filter = {
      prefix: toMeshPrefix(prefix, below),
      limit: MAX_ITEMS,
      values: false,
    } as const;
    let last: string | undefined;
    let page: Page | undefined;
    do {
      const listing = await this.#context.list({ ...filter, page });
      for (const { key } of listing.items) {
        const namespace = fromMeshKey(prefix, key)?.namespace;
        if (namespace === undefined) continue;
        const path = toMeshPrefix(prefix, namespace);
        if (path !== last) yield namespace;
        last = path;
      }
      page = listing.nextPage;
    } while (page !== undefined);
  }

  /** Writes all items in one commit, or none. */
  async put(puts: readonly ItemWrite[]): Promise<void> {
    if (puts.length === 0) return;
    const { prefix, route } = this.#options;
    const toPush = ({ value, ttl, ...address }: ItemWrite) => {
      const key = toMeshKey(prefix, address);
      return { key, value: value as never, ttl: ttl ?? this.#options.ttl, ...route };
    };
    await this.#context.pushMany(puts.map(toPush));
  }

  /** Deletes all items in one commit, or none. */
  async delete(addresses: readonly Address[]): Promise<void> {
    if (addresses.length === 0) return;
    await this.#context.deleteMany(
      addresses.map((address) => toMeshKey(this.#options.prefix, address)),
    );
  }

  /** Restarts the time to live with which items were written. */
  async #refresh(items: readonly Item[]): Promise<void> {
    if (!this.#options.refreshOnRead) return;
    await Promise.all(items.map((item) => this.#refreshOne(item)));
  }

  async #refreshOne(item: Item): Promise<void> {
    const { key, value, revision, updatedAt, expiresAt, state } = item;
    // A write would end the lease of a claimed item.
    if (expiresAt === undefined || state !== "open") return;
    const ttl = expiresAt.getTime() - updatedAt.getTime();
    try {
      await this.#context.push(key, value, { ttl, ifRevision: revision });
    } catch (error) {
      if (!isSynthaError(error) || !IGNORED_ON_REFRESH.has(error.code)) throw error;
    }
  }
}

function toStoreItem({ namespace, key }: Address, item: Item): StoreItem {
  const { value, createdAt, updatedAt } = item;
  return {
    namespace: [...namespace],
    key,
    value: value as StoreItem["value"],
    createdAt,
    updatedAt,
  };
}
