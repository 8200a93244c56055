import type { AgentContext, Cursor, WatchChange } from "@syntha/core";
import { isSynthaError } from "@syntha/core";

/** A message of an event stream. The client returns `id` as `Last-Event-ID`; an empty one resets it. */
function message(event: string, data: unknown, id: Cursor | ""): string {
  // JSON contains no line breaks.
  return `event: ${event}\ndata: ${JSON.stringify(data)}\nid: ${id}\n\n`;
}

/** Only a cursor: it updates the client's position while there is nothing to send. */
function positionMessage(id: Cursor | undefined): string {
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
  /** The cursor to resume from; without it, the stream starts with all visible items. */
  readonly since: Cursor | undefined;
  readonly topics: readonly string[] | undefined;
  readonly signal: AbortSignal;
  /** The interval of keep-alive messages. */
  readonly beatMs: number;
}

/**
 * Writes an agent's changes as messages, and waits until the client has received each. A slow client does not block others:
 * changes that exceed the watch's buffer are dropped, and read from the log later. Ends when the signal aborts.
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
      if (waiting === 0) void send(positionMessage(feed.cursor));
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

/** Returns the cursor from which dropped changes can be read; undefined when the feed has ended. */
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
