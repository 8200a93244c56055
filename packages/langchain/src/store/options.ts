import { type Duration, type RouteInput, SynthaError } from "@syntha/core";
import { checkOptions as checkNames, knownOptions, ROUTE } from "@syntha/core/storage";

/** A time to live as text with a unit: `"30m"`, `"12h"`, `"7d"`. A number would mean minutes in other stores. */
export type TimeToLive = Exclude<Duration, number>;

export interface SynthaStoreOptions {
  /**
   * Prefix of every key in the mesh. No store's prefix may start with the prefix of another store of the mesh.
   * @default "store/"
   */
  prefix?: string | undefined;
  /**
   * The audience of the items, besides the agent as which the store acts.
   * @default `{ topics: ["store"] }`: agents that subscribe to that topic
   */
  route?: RouteInput | undefined;
  /**
   * Time to live of items whose `put` sets none.
   * @default no expiry
   */
  ttl?: TimeToLive | undefined;
  /**
   * Whether get and search restart the time to live of the items that they return. Each then writes the item unchanged,
   * which updates `updatedAt` and makes the reader its author.
   * @default false
   */
  refreshOnRead?: boolean | undefined;
}

export interface CheckedOptions {
  readonly prefix: string;
  readonly route: RouteInput;
  readonly ttl: TimeToLive | undefined;
  readonly refreshOnRead: boolean;
}

const OPTIONS = knownOptions<SynthaStoreOptions>("new SynthaStore", {
  prefix: true,
  route: true,
  ttl: true,
  refreshOnRead: true,
});

/** @throws INVALID_ARGUMENTS, also for an unknown option. The mesh checks routes and durations, on each put. */
export function checkOptions(options: SynthaStoreOptions): CheckedOptions {
  checkNames(options, OPTIONS);
  const { prefix = "store/", route = { topics: ["store"] }, ttl, refreshOnRead = false } = options;
  checkNames(route, ROUTE, "route");
  if (typeof prefix !== "string" || prefix === "")
    throw invalidArgument(
      "prefix",
      "`prefix` must be a non-empty string.",
      "Omit it for `store/`.",
    );
  if (typeof refreshOnRead !== "boolean")
    throw invalidArgument(
      "refreshOnRead",
      "`refreshOnRead` must be true or false.",
      "Omit it for false.",
    );
  return { prefix, route, ttl: checkTtl(ttl), refreshOnRead };
}

/** @throws INVALID_ARGUMENTS for a number */
export function checkTtl(ttl: unknown): TimeToLive | undefined {
  if (ttl === undefined || typeof ttl === "string") return ttl as TimeToLive | undefined;
  throw invalidArgument(
    "ttl",
    "`ttl` must be a string with a unit.",
    `Write "60m" for an hour, "7d" for a week.`,
  );
}

export function invalidArgument(path: string, message: string, hint: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, { hint, details: { path } });
}
