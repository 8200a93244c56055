import type { AgentContext, Cursor, WatchChange, WatchOptions } from "@syntha/core";

/**
 * A watch that never loses its place: where news came faster than it was taken, it goes on from there. It stands where
 * the log stands when this is called, so what is read afterwards is complete together with it.
 */
export function changesFor(
  agent: Pick<AgentContext, "watch">,
  options: WatchOptions,
): AsyncGenerator<WatchChange> {
  let watch = agent.watch(options);
  return (async function* () {
    for (;;) {
      let lost: Cursor | undefined;
      for await (const change of watch) {
        if (change.type === "lagged") {
          lost = change.cursor;
          break;
        }
        yield change;
      }
      if (lost === undefined) return;
      const { initial: _, ...rest } = options;
      watch = agent.watch({ ...rest, since: lost });
    }
  })();
}
