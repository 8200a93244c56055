import type { AgentContext, Cursor, WatchChange } from "@syntha/core";
import { isSynthaError } from "@syntha/core";

/** One message of an event stream. The client hands `id` back as `Last-Event-ID`; an empty one makes it forget. */
function message(event: string, data: unknown, id: Cursor | ""): string {
  // JSON has no line break of its own.
  return `event: ${event}\ndata: ${JSON.stringify(data)}\nid: ${id}\n\n`;
}

/** A place in the log and nothing else: the client's place moves on while there is nothing to show. */
function place(id: Cursor | undefined): string {
  return id === undefined ? ": still here\n\n" : `id: ${id}\n\n`;
}

function toMessage(change: Exclude<WatchChange, { type: "lagged" }>): string {
  switch (change.type) {
    case "put":
      return message("put", change.item, change.cursor);
    case "event":
      return message("event", change.event, change.cursor);
    case "ready":
      return message("ready", {}, change.cursor);
    default:
      return message(change.type, { key: change.key }, change.cursor);
  }
}

export interface FeedOptions {
  /** Where to go on; without it, first all that is visible. */
  readonly since: Cursor | undefined;
  readonly topics: readonly string[] | undefined;
  readonly signal: AbortSignal;
  /** How often a client is told that it is still heard. */
  readonly beatMs: number;
}

/**
 * Writes an agent's feed as messages, and waits for each until the client has taken it. So a slow client holds up
 * nobody: what it leaves waiting the mesh drops, and here it is read again from the log. Ends with its signal.
 */
export async function writeFeed(
  agent: AgentContext,
  { since, topics, signal, beatMs }: FeedOptions,
  write: (text: string) => Promise<unknown>,
): Promise<void> {
  let waiting = 0;
  const send = async (text: string): Promise<void> => {
    waiting++;
    await write(text);
    waiting--;
  };
  for (let from = since; ;) {
    const feed = agent.watch({ initial: from === undefined, since: from, topics, signal });
    const beat = setInterval(() => {
      if (waiting === 0) void send(place(feed.cursor));
    }, beatMs);
    try {
      const lagged = await sendUntilLagged(feed, send);
      if (lagged === undefined) return;
      from = lagged;
    } catch (error) {
      if (!isSynthaError(error, "CURSOR_COMPACTED")) throw error;
      await send(message("reset", { code: error.code }, ""));
      from = undefined;
    } finally {
      clearInterval(beat);
    }
  }
}

/** Gives the place from which dropped changes can be had; undefined when the feed has ended. */
async function sendUntilLagged(
  feed: AsyncIterable<WatchChange>,
  send: (text: string) => Promise<void>,
): Promise<Cursor | undefined> {
  for await (const change of feed) {
    if (change.type === "lagged") return change.cursor;
    await send(toMessage(change));
  }
  return undefined;
}
