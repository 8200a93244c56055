import {
  BaseStore,
  type Operation,
  type OperationResults,
  type PutOperation,
} from "@langchain/langgraph-checkpoint";
import { checkOptions, knownOptions } from "@syntha/core/storage";
import { checkTtl, type TimeToLive } from "./options.ts";

export interface PutOptions {
  /** How long the item stays. Default: the store's `ttl`. */
  readonly ttl?: TimeToLive | undefined;
}

const OPTIONS = knownOptions<PutOptions>("put", { ttl: true });

/** A put that may say how long its item stays. */
export interface TimedPut extends PutOperation {
  readonly options?: PutOptions | undefined;
}

/** Gives what is put through it these options; all else, LangGraph's checks among it, is as in any store. */
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
