import { type Cursor, isSynthaError, type LogListing, type MeshLogEntry } from "@syntha/core";
import type { Cli } from "../cli.ts";
import type { OpenMesh } from "../mesh/open-mesh.ts";
import { visible } from "../terminal/escape.ts";
import type { TailFlags } from "./tail.ts";

/** Entries that are shown of what happened before. */
const DEFAULT_LAST = 10;
/** Commits of other processes are noticed by then, whatever notifications are lost. */
const POLL_MS = 2_000;
const RETRY_MS = 1_000;

type LogFlags = Pick<TailFlags, "since" | "last" | "once" | "topic" | "key" | "prefix">;

/** The selected entries of the log: the last ones, or those after a cursor, and then those that follow. */
export async function* followLog(
  cli: Cli,
  { mesh, storage, tenantId }: OpenMesh,
  flags: LogFlags,
): AsyncGenerator<MeshLogEntry, void> {
  const isSelected = entryTest(flags);
  const first = (): Promise<LogListing> => firstPage(mesh.system, flags);
  let page: LogListing | undefined = flags.once ? await first() : await onceReachable(cli, first);
  if (page === undefined) return;
  let wake = new AbortController();
  const stop = storage.onCommit(tenantId, () => wake.abort());
  try {
    for (;;) {
      for (const entry of page.entries) if (isSelected(entry)) yield entry;
      if (cli.signal.aborted) return;
      if (!page.more) {
        if (flags.once) return;
        await pause(POLL_MS, AbortSignal.any([cli.signal, wake.signal]));
        wake = new AbortController();
      }
      const after: Cursor = page.cursor;
      page = await onceReachable(cli, () => mesh.system.log({ after, limit: 1_000 }));
      if (page === undefined) return;
    }
  } finally {
    stop();
  }
}

/** A cursor before the last commits, for a watch that begins with them. */
export async function cursorBefore({ mesh }: OpenMesh, last = DEFAULT_LAST): Promise<Cursor> {
  const { head, floor } = await mesh.system.log({ last: 1, limit: 1, values: false });
  const start = Math.max(floor, head - last);
  // No entry is before the one after it: the cursor is where it would begin.
  return (await mesh.system.log({ after: start, before: start + 1, values: false })).cursor;
}

type System = OpenMesh["mesh"]["system"];

function firstPage(
  system: System,
  { since, last = DEFAULT_LAST, once }: LogFlags,
): Promise<LogListing> {
  if (since !== undefined) return system.log({ after: since as Cursor, limit: 1_000 });
  if (once && last === DEFAULT_LAST) return system.log({ last: 1_000, limit: 1_000 });
  return system.log({ last, limit: 1_000 });
}

/** What is read, after any outage of the storage. Undefined once the command is to end. */
export async function onceReachable<T>(cli: Cli, read: () => Promise<T>): Promise<T | undefined> {
  for (let tries = 1; !cli.signal.aborted; tries++) {
    try {
      return await read();
    } catch (error) {
      if (!isSynthaError(error, "UNAVAILABLE") && !isSynthaError(error, "TIMEOUT")) throw error;
      if (tries === 1)
        cli.err.print(cli.err.paint("yellow", `${visible(error.message)} Trying again …`));
      await pause(RETRY_MS, cli.signal);
    }
  }
  return undefined;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

function entryTest({ topic = [], key = [], prefix }: LogFlags): (entry: MeshLogEntry) => boolean {
  return (entry) => {
    const name = "key" in entry ? entry.key : undefined;
    return (
      (topic.length === 0 || topicsOf(entry).some((each) => topic.includes(each))) &&
      (key.length === 0 || (name !== undefined && key.includes(name))) &&
      (prefix === undefined || (name?.startsWith(prefix) ?? false))
    );
  };
}

/** The topics that a change is about. */
function topicsOf(entry: MeshLogEntry): readonly string[] {
  switch (entry.type) {
    case "put":
      return [...entry.after.topics, ...(entry.before?.topics ?? [])];
    case "delete":
    case "expire":
      return entry.before.topics;
    case "event":
      return entry.event?.topics ?? [];
    case "subscribe":
    case "unsubscribe":
      return entry.topics;
    case "topicDeleted":
      return [entry.topic];
    case "lease":
    case "setPermissions":
    case "announce":
    case "corrupt":
      return [];
  }
}
