import {
  BaseStore,
  type Operation,
  type OperationResults,
  type PutOperation,
} from "@langchain/langgraph-checkpoint";
import { checkOptions, knownOptions } from "@syntha/core/storage";
import { checkTtl, type TimeToLive } from "./options.ts";

export interface PutOptions {
  /**
   * Time to live of the item.
   * @default the store's `ttl`
   */
  readonly ttl?: TimeToLive | undefined;
}

const OPTIONS = knownOptions<PutOptions>("put", { ttl: true });

/** A put with a time to live. */
export interface TimedPut extends PutOperation {
  readonly options?: PutOptions | undefined;
}

/** Adds options to each put, after LangGraph's own checks of it. */
export class TimedPuts extends BaseStore {
  readonly #store: BaseStore;
  readonly #options: PutOptions;

  constructor(store: BaseStore, options: PutOptions) {
    super();
    checkOptions(options, OPTIONS);
    checkTtl(options.ttl);
    this.#store = store;
    this.#options = options;
  }

  override batch<Op extends Operation[]>(operations: Op): Promise<OperationResults<Op>> {
    const options = this.#options;
    const timed: Operation[] = operations.map((operation) => ({ ...operation, options }));
    return this.#store.batch(timed as Op);
  }
}
