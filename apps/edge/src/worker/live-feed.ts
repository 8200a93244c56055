import { type AgentContext, type Cursor, isSynthaError, type Watch } from "@syntha/core";
import type { SSEStreamingApi } from "hono/streaming";

/** Keeps connections through proxies, and notices a client that is gone. */
const BEAT_MS = 15_000;

/**
 * What an agent sees change, as server-sent events. Each has the cursor after it as its id, which a browser sends back as
 * `Last-Event-ID` when it reconnects.
 */
export class LiveFeed {
  readonly #agent: AgentContext;
  readonly #disconnected = new AbortController();
  #watch: Watch;

  /**
   * @param since where to resume; without it, the feed starts with all that the agent sees
   * @param signal of the request: the runtime does not cancel the response's stream when the client disconnects
   * @throws INVALID_CURSOR
   */
  constructor(agent: AgentContext, since: Cursor | undefined, signal: AbortSignal) {
    this.#agent = agent;
    signal.addEventListener("abort", () => this.#disconnected.abort());
    this.#watch = this.#watchFrom(since);
  }

  /** Writes until the client disconnects. */
  async writeTo(stream: SSEStreamingApi): Promise<void> {
    const { signal } = this.#disconnected;
    stream.onAbort(() => this.#disconnected.abort());
    const beat = setInterval(() => void stream.write(": still here\n\n"), BEAT_MS);
    try {
      while (!signal.aborted) {
        const since = await this.#writeUntilLagged(stream);
        if (!signal.aborted) this.#watch = this.#watchFrom(since);
      }
    } finally {
      clearInterval(beat);
      this.#disconnected.abort();
    }
  }

  #watchFrom(since: Cursor | undefined): Watch {
    const { signal } = this.#disconnected;
    return this.#agent.watch({ initial: since === undefined, since, signal });
  }

  /** Returns where the feed continues; undefined: from the start. */
  async #writeUntilLagged(stream: SSEStreamingApi): Promise<Cursor | undefined> {
    try {
      for await (const change of this.#watch) {
        // The client was slow, and what follows is read from the log.
        if (change.type === "lagged") return change.cursor;
        const { cursor: id, type: event, ...rest } = change;
        await stream.writeSSE({ event, id, data: JSON.stringify(rest) });
      }
      return this.#watch.cursor;
    } catch (error) {
      if (!isSynthaError(error, "CURSOR_COMPACTED")) throw error;
      // The client must forget what it has: all of it follows.
      await stream.writeSSE({ event: "reset", data: "{}", id: "" });
      return undefined;
    }
  }
}
