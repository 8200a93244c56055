import type { AgentContext, Cursor, WatchChange } from "@syntha/core";
import type { Cli } from "../cli.ts";
import type { ReaderFlags } from "../commands/flags.ts";
import { throwIfInterrupted } from "../interrupt.ts";
import { openMesh, viewOf } from "../mesh/open-mesh.ts";
import { visible } from "../terminal/escape.ts";
import { changeLine } from "./change-line.ts";
import { entryLine } from "./entry-line.ts";
import { cursorBefore, followLog, onceReachable } from "./log-follower.ts";

export interface TailFlags extends ReaderFlags {
  readonly since?: string | undefined;
  readonly topic?: readonly string[] | undefined;
  readonly key?: readonly string[] | undefined;
  readonly prefix?: string | undefined;
  readonly last?: number | undefined;
  readonly limit?: number | undefined;
  readonly once?: boolean | undefined;
}

/** `syntha tail` */
export async function followChanges(this: Cli, flags: TailFlags): Promise<void> {
  await using open = await openMesh(this, flags);
  const view = viewOf(open.mesh, flags.as);
  const { out, err } = this;
  if (out.isTTY && !flags.once && !flags.json) {
    const what = view.isSystem ? "all changes" : `the changes that ${visible(view.name)} sees`;
    err.print(err.paint("dim", `Showing ${what}. Press Ctrl-C to stop.`));
  }
  using _ = this.watchReader();
  let left = flags.limit ?? Number.POSITIVE_INFINITY;
  if (view.isSystem) {
    for await (const entry of followLog(this, open, flags)) {
      throwIfInterrupted(this.signal);
      if (flags.json) await out.jsonAll([entry]);
      else out.print(entryLine(entry, { paint: out.paint, width: out.width, now: Date.now() }));
      if (--left === 0) return;
    }
    return throwIfInterrupted(this.signal);
  }
  const before = (): Promise<Cursor> => cursorBefore(open, flags.last);
  const since =
    (flags.since as Cursor | undefined) ??
    (flags.once ? await before() : await onceReachable(this, before));
  if (since === undefined) return throwIfInterrupted(this.signal);
  const changes = flags.once
    ? pastChanges(view, since, flags)
    : liveChanges(view, since, flags, this.signal);
  for await (const change of changes) {
    throwIfInterrupted(this.signal);
    if (flags.json) await out.jsonAll([change]);
    else out.print(changeLine(change, { paint: out.paint, width: out.width, now: Date.now() }));
    if (--left === 0) return;
  }
  throwIfInterrupted(this.signal);
}

/** The part of a watch's options that select changes. */
export function selectionOf({ topic, key, prefix }: Pick<TailFlags, "topic" | "key" | "prefix">): {
  topics?: readonly string[];
  keys?: readonly string[];
  prefix?: string;
} {
  return {
    ...(topic !== undefined && topic.length > 0 && { topics: topic }),
    ...(key !== undefined && key.length > 0 && { keys: key }),
    ...(prefix !== undefined && { prefix }),
  };
}

function liveChanges(
  view: AgentContext,
  since: Cursor,
  flags: TailFlags,
  signal: AbortSignal,
): AsyncIterable<WatchChange> {
  return view.watch({ ...selectionOf(flags), since, signal });
}

async function* pastChanges(
  view: AgentContext,
  start: Cursor,
  flags: TailFlags,
): AsyncGenerator<WatchChange, void> {
  let since = start;
  for (let more = true; more;) {
    const page = await view.changes({ ...selectionOf(flags), since });
    yield* page.changes;
    ({ cursor: since, more } = page);
  }
}
