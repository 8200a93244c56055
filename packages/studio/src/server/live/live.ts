import type { ContextMesh } from "@syntha/core";
import { z } from "zod";
import type { LiveQuery } from "../../api/index.ts";
import { SAFE_HEADERS } from "../http/answer.ts";
import { StudioError } from "../http/studio-error.ts";
import { parts } from "../reads/query-parts.ts";
import { AgentLens } from "./agent-lens.ts";
import { Feeds } from "./feeds.ts";
import { LiveStream, type LiveStreamOptions } from "./live-stream.ts";

/** Streams that are open at the same time. */
const MAX_STREAMS = 256;

export const LIVE_QUERY: z.ZodType<LiveQuery> = z.strictObject({
  ...parts.TENANT,
  as: parts.text.optional(),
  mode: z.enum(["dim", "own"]).optional(),
  since: parts.text.optional(),
});

/** All open streams of a handler. */
export class LiveStreams {
  readonly #feeds = new Feeds();
  readonly #open = new Set<LiveStream>();

  /** @throws LIMIT_EXCEEDED; what names and cursors are refused with */
  answer(
    request: Request,
    mesh: ContextMesh,
    { as, mode = "dim", since }: LiveQuery,
    options: Pick<LiveStreamOptions, "isAllowed" | "reauthorizeMs" | "onError">,
  ): Response {
    if (this.#open.size >= MAX_STREAMS)
      throw new StudioError("LIMIT_EXCEEDED", "Too many streams are open.", "Close other pages.");
    const own = mode === "own" ? as : undefined;
    const stream: LiveStream = new LiveStream({
      ...options,
      reader: own === undefined ? mesh.system : mesh.agent(own),
      feed: this.#feeds.of(mesh, own),
      lens:
        as === undefined || own !== undefined
          ? undefined
          : new AgentLens(as, this.#feeds.of(mesh, as), mesh.system),
      since: request.headers.get("last-event-id") ?? since,
      onEnd: () => this.#open.delete(stream),
    });
    this.#open.add(stream);
    request.signal.addEventListener("abort", () => stream.close());
    if (request.signal.aborted) stream.close();
    void stream.run();
    return new Response(stream.body, {
      headers: {
        ...SAFE_HEADERS,
        "content-type": "text/event-stream",
        "cache-control": "no-store, no-transform",
        // Proxies that collect a response would hold back the changes.
        "x-accel-buffering": "no",
      },
    });
  }

  close(): void {
    for (const stream of this.#open) stream.close();
  }
}
