import {
  BaseStore,
  type Item,
  type ListNamespacesOperation,
  type Operation,
  type OperationResults,
  type SearchOperation,
} from "@langchain/langgraph-checkpoint";
import { type AgentContext, type MeshSchema, type SynthaError } from "@syntha/core";
import { toTest } from "./filter.ts";
import { type Address, toMeshKey } from "./item-key.ts";
import { ItemRepository } from "./item-repository.ts";
import { checkNamespace, commonPrefix, matches, type Namespace } from "./namespace.ts";
import { checkOptions, checkTtl, invalidArgument, type SynthaStoreOptions } from "./options.ts";
import { type PutOptions, type TimedPut, TimedPuts } from "./timed-puts.ts";

/**
 * A LangGraph store on a mesh, for `compile({ store })` and `createAgent({ store })`. It acts as one agent, or as the system:
 * it finds what that agent can see, and writes what that agent may write.
 *
 * @example
 * const store = new SynthaStore(mesh.agent("Memory"), { ttl: "30d" });
 * await store.put(["users", "42"], "profile", { tier: "gold" });
 */
export class SynthaStore extends BaseStore {
  readonly #items: ItemRepository;

  /**
   * @param context `mesh.agent(name)` or `mesh.system`
   * @throws INVALID_ARGUMENTS for unknown options or wrong types. An invalid route or duration is refused on the first put.
   */
  constructor(context: AgentContext<MeshSchema>, options: SynthaStoreOptions = {}) {
    super();
    this.#items = new ItemRepository(context as unknown as AgentContext, checkOptions(options));
  }

  /**
   * Writes an item, with a time to live. Nodes and tools put through LangGraph, which does not pass `options`. `index` is
   * ignored: the store has no semantic search.
   * @throws KEY_TAKEN, NOT_OWNER, FORBIDDEN, INVALID_VALUE, TOO_LARGE, as a push does
   */
  override async put(
    namespace: string[],
    key: string,
    value: Item["value"],
    index?: false | string[],
    options?: PutOptions,
  ): Promise<void> {
    if (options === undefined) return super.put(namespace, key, value, index);
    return new TimedPuts(this, options).put(namespace, key, value, index);
  }

  /**
   * Reads return the state before the batch. Of several puts to one address, the last one counts. All puts are written in
   * one commit, or none; all deletions follow in another one.
   */
  override async batch<Op extends readonly Operation[]>(
    operations: Op,
  ): Promise<OperationResults<Op>> {
    const puts = new Map<string, TimedPut>();
    const gets: Address[] = [];
    let items: Promise<(Item | null)[]> | undefined;
    // Checks all operations before the first one runs, and copies their addresses, which callers may change.
    const reads = operations.map((operation): (() => unknown) => {
      if ("namespacePrefix" in operation) return this.#search(operation);
      if (!("namespace" in operation)) return this.#listNamespaces(operation);
      const address = toAddress(operation);
      if ("value" in operation) {
        checkTtl((operation as TimedPut).options?.ttl);
        puts.set(toMeshKey("", address), { ...operation, ...address });
        return () => null;
      }
      const at = gets.push(address) - 1;
      return async () => (await (items ??= this.#items.get(gets)))[at];
    });
    // Without reads nothing is awaited before the write, so that it takes the current values.
    const isAllPuts = operations.every((operation) => "value" in operation);
    const results = isAllPuts
      ? operations.map(() => null)
      : await Promise.all(reads.map((read) => read()));
    await this.#write([...puts.values()]);
    return results as OperationResults<Op>;
  }

  #search({ namespacePrefix, filter, query, ...paging }: SearchOperation) {
    checkNamespace(namespacePrefix, true);
    if (query) throw semanticSearchError();
    const offset = checkCount("offset", paging.offset, 0);
    const limit = checkCount("limit", paging.limit, 10);
    const test = filter === undefined || filter === null ? undefined : toTest(filter);
    const namespace = [...namespacePrefix];
    return () => this.#items.search(namespace, test, offset, limit);
  }

  #listNamespaces({ matchConditions = [], maxDepth, ...paging }: ListNamespacesOperation) {
    const offset = checkCount("offset", paging.offset, 0);
    const limit = checkCount("limit", paging.limit, 100);
    const depth = checkCount("maxDepth", maxDepth, Number.POSITIVE_INFINITY);
    const conditions = structuredClone(matchConditions);
    return async (): Promise<Namespace[]> => {
      const found = new Map<string, Namespace>();
      if (limit === 0) return [];
      for await (const namespace of this.#items.namespaces(commonPrefix(conditions))) {
        if (!conditions.every((condition) => matches(condition, namespace))) continue;
        const path = namespace.slice(0, depth);
        found.set(JSON.stringify(path), path);
        if (found.size === offset + limit) break;
      }
      return [...found.values()].slice(offset);
    };
  }

  async #write(operations: readonly TimedPut[]): Promise<void> {
    const puts = operations.filter(({ value }) => value !== null);
    await this.#items.put(puts.map((put) => ({ ...put, ttl: put.options?.ttl })));
    await this.#items.delete(operations.filter(({ value }) => value === null));
  }
}

function toAddress({ namespace, key }: Address): { namespace: string[]; key: string } {
  checkNamespace(namespace);
  if (typeof key !== "string")
    throw invalidArgument("key", "A key must be a string.", "Pass the key as a string.");
  return { namespace: [...namespace], key };
}

function checkCount(path: string, count: number | undefined, fallback: number): number {
  const number = count ?? fallback;
  if (number === Number.POSITIVE_INFINITY || (Number.isSafeInteger(number) && number >= 0))
    return number;
  throw invalidArgument(
    path,
    `\`${path}\` must be a whole number of at least 0.`,
    `Omit it for ${fallback}.`,
  );
}

function semanticSearchError(): SynthaError {
  const hint = "Omit `query`, and search by `filter` and namespace prefix.";
  return invalidArgument("query", "This store does not support semantic search.", hint);
}
