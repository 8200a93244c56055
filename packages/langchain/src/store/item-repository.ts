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

/** Keys that one read may name, and items that one page may hold. */
const MOST = 1_000;

const NO_MATTER: ReadonlySet<ErrorCode> = new Set(["CONFLICT", "FORBIDDEN", "KEY_TAKEN"]);

export interface ItemWrite extends Address {
  readonly value: unknown;
  readonly ttl: TimeToLive | undefined;
}

/** The part of a mesh that a store keeps its items in, as one agent sees it. */
export class ItemRepository {
  readonly #context: AgentContext;
  readonly #options: CheckedOptions;

  constructor(context: AgentContext, options: CheckedOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** What stands at these addresses, in their order; null where nothing does. */
  async get(addresses: readonly Address[]): Promise<(StoreItem | null)[]> {
    const { prefix } = this.#options;
    const keys = addresses.map((address) => toMeshKey(prefix, address));
    const found = new Map<string, Item>();
    const names = [...new Set(keys)];
    for (let i = 0; i < names.length; i += MOST) {
      const items = await this.#context.getItems(names.slice(i, i + MOST));
      for (const item of items) found.set(item.key, item);
    }
    await this.#refresh([...found.values()]);
    return keys.map((key, i) => {
      const item = found.get(key);
      return item === undefined ? null : toStoreItem(addresses[i] as Address, item);
    });
  }

  /** Items of a namespace and of all below it that pass the test, in key order. Reads no more than it needs to. */
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
      // What is skipped unseen is not read: keys are enough.
      const skipping = test === undefined && toSkip > 0;
      const wanted = skipping ? toSkip : test === undefined ? limit - found.length : MOST / 10;
      const filter = {
        prefix: toMeshPrefix(prefix, namespace),
        limit: Math.min(wanted, MOST),
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

  /** Namespaces that have an item, below one of them, in key order; those of one namespace follow each other. */
  async *namespaces(below: Namespace): AsyncGenerator<Namespace> {
    const { prefix } = this.#options;
    const filter = { prefix: toMeshPrefix(prefix, below), limit: MOST, values: false } as const;
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

  /** All in one commit, or none. */
  async put(puts: readonly ItemWrite[]): Promise<void> {
    if (puts.length === 0) return;
    const { prefix, route } = this.#options;
    const toPush = ({ value, ttl, ...address }: ItemWrite) => {
      const key = toMeshKey(prefix, address);
      return { key, value: value as never, ttl: ttl ?? this.#options.ttl, ...route };
    };
    await this.#context.pushMany(puts.map(toPush));
  }

  async delete(addresses: readonly Address[]): Promise<void> {
    const keys = addresses.map((address) => toMeshKey(this.#options.prefix, address));
    await Promise.all(keys.map((key) => this.#context.delete(key)));
  }

  /** Gives items the time anew that they were given when they were written. */
  async #refresh(items: readonly Item[]): Promise<void> {
    if (!this.#options.refreshOnRead) return;
    await Promise.all(items.map((item) => this.#refreshOne(item)));
  }

  async #refreshOne(item: Item): Promise<void> {
    const { key, value, revision, updatedAt, expiresAt, state } = item;
    // Writing an item that somebody works on would end their lease.
    if (expiresAt === undefined || state !== "open") return;
    const ttl = expiresAt.getTime() - updatedAt.getTime();
    try {
      await this.#context.push(key, value, { ttl, ifRevision: revision });
    } catch (error) {
      // Somebody else wrote or took it meanwhile, or this agent may only read: the read itself is good.
      if (!isSynthaError(error) || !NO_MATTER.has(error.code)) throw error;
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
