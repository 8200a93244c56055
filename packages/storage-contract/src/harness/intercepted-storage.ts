import { type Storage, SynthaError } from "@syntha/core";
import type {
  CompactRequest,
  DropRequest,
  DumpRequest,
  FullStorage,
  LoadRequest,
} from "@syntha/core/storage";

const READS = ["get", "list", "events", "agents", "topics", "stats", "log"] as const;
const OTHERS = ["open", "close", "commit", "listTenants"] as const;
const MAINTENANCE = { dropTenant: "drop", compact: "compact", dump: "dump", load: "load" } as const;
const METHODS = [
  ...READS,
  ...OTHERS,
  ...(Object.keys(MAINTENANCE) as (keyof typeof MAINTENANCE)[]),
];
type Method = (typeof METHODS)[number];

/** A storage whose asynchronous calls run through `around`, which acts before, after or instead of them. */
function interceptStorage(
  storage: FullStorage,
  around: (method: Method, run: () => Promise<unknown>, args: unknown[]) => Promise<unknown>,
): FullStorage {
  const calls = METHODS.map((method) => {
    const run = (args: unknown[]): Promise<unknown> =>
      Reflect.apply(storage[method] as () => Promise<unknown>, storage, args);
    return [method, (...args: unknown[]) => around(method, () => run(args), args)];
  });
  return {
    traits: storage.traits,
    supports: storage.supports,
    onCommit: (...args) => storage.onCommit(...args),
    ...(Object.fromEntries(calls) as Pick<FullStorage, Method>),
  };
}

/** A call on a whole tenant. */
export type TenantCall =
  | ({ readonly type: "drop" } & DropRequest)
  | ({ readonly type: "compact" } & CompactRequest)
  | ({ readonly type: "dump" } & DumpRequest)
  | ({ readonly type: "load" } & LoadRequest);

/** The same for calls on whole tenants. It does not open or close the underlying storage. */
export function interceptMaintenance(
  storage: FullStorage,
  around: (call: TenantCall, run: () => Promise<unknown>) => Promise<unknown>,
): Storage {
  return interceptStorage(storage, async (method, run, [request]) => {
    if (method === "open" || method === "close") return undefined;
    if (!(method in MAINTENANCE)) return run();
    const type = MAINTENANCE[method as keyof typeof MAINTENANCE];
    return around({ type, ...(request as object) } as TenantCall, run);
  });
}

/** A storage whose connection can be interrupted. */
export interface InterruptibleStorage {
  readonly storage: Storage;
  /** Rejects every call with an error, UNAVAILABLE by default. A running read rejects too: its answer is lost. */
  interrupt(error?: SynthaError): void;
  /** Calls succeed again. */
  restore(): void;
  /** Calls rejected since the last interruption. */
  readonly rejectedCalls: number;
}

/** Does not open or close the underlying storage. */
export function interruptibleStorage(storage: FullStorage): InterruptibleStorage {
  let reason: SynthaError | undefined;
  let rejectedCalls = 0;
  const check = (): void => {
    if (reason === undefined) return;
    rejectedCalls++;
    throw reason;
  };
  return {
    storage: interceptStorage(storage, async (method, run) => {
      if (method === "close") return undefined;
      check();
      if (method === "open") return undefined;
      const answer = await run();
      if ((READS as readonly string[]).includes(method)) check();
      return answer;
    }),
    interrupt(
      error = new SynthaError("UNAVAILABLE", "The server is restarting.", { hint: "Try again." }),
    ) {
      reason = error;
      rejectedCalls = 0;
    },
    restore() {
      reason = undefined;
    },
    get rejectedCalls() {
      return rejectedCalls;
    },
  };
}
