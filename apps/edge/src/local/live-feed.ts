import { EventSourceParserStream } from "eventsource-parser/stream";

/** A message of the live feed. */
export interface FeedMessage {
  readonly type: string;
  /** Where to resume after this message. */
  readonly cursor: string;
  readonly data: {
    readonly key?: string;
    readonly item?: { readonly key: string; readonly value: unknown };
  };
}

export interface FeedOptions {
  readonly since?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Reads the live feed of the Worker. Ends when the signal aborts, or the server ends it. */
export async function* liveFeed(
  url: string,
  token: string,
  { since, signal }: FeedOptions = {},
): AsyncGenerator<FeedMessage, void> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(since !== undefined && { "last-event-id": since }),
  };
  const response = await fetch(new URL("/live", url), { headers, signal: signal ?? null });
  if (response.body === null || !response.ok) throw new Error(`/live answers ${response.status}.`);
  const messages = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  try {
    for await (const { event = "message", id = "", data } of messages)
      yield { type: event, cursor: id, data: JSON.parse(data) as FeedMessage["data"] };
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}
