import { onTestFinished } from "vitest";
import type { LiveMessage } from "../../src/index.ts";

/** A message with its id, as a browser gets it. */
export type ReceivedMessage = LiveMessage & { readonly id: string | undefined };

/** One connection to a live stream. */
export class LiveClient {
  readonly messages: ReceivedMessage[] = [];
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  readonly #stop: AbortController;
  #wake: (() => void) | undefined;

  constructor(response: Response, stop: AbortController) {
    this.#stop = stop;
    onTestFinished(() => this.disconnect());
    this.ended = this.#read(response);
  }

  /** The id that a browser would resume with. */
  get lastId(): string {
    return this.messages.findLast(({ id }) => id !== undefined)?.id ?? "";
  }

  disconnect(): void {
    this.#stop.abort();
  }

  /** The first message, received already or not, of which this is true. The test's own limit bounds it. */
  async first(isWanted: (message: ReceivedMessage) => boolean): Promise<ReceivedMessage> {
    for (;;) {
      const found = this.messages.find(isWanted);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Resolves once an item with this key was put. */
  async put(key: string): Promise<Extract<ReceivedMessage, { type: "put" }>> {
    const isPut = (message: ReceivedMessage): boolean =>
      message.type === "put" && message.item.key === key;
    return (await this.first(isPut)) as Extract<ReceivedMessage, { type: "put" }>;
  }

  /** Keys of the items that were put, in order. */
  get keys(): readonly string[] {
    return this.messages.flatMap((message) => (message.type === "put" ? [message.item.key] : []));
  }

  async #read({ body }: Response): Promise<void> {
    let text = "";
    try {
      for await (const chunk of (body as ReadableStream<Uint8Array>).pipeThrough(
        new TextDecoderStream() as TransformStream<Uint8Array, string>,
      )) {
        text += chunk;
        const blocks = text.split("\n\n");
        text = blocks.pop() as string;
        for (const block of blocks) this.#receive(block);
      }
    } catch {
      // The client went.
    }
  }

  #receive(block: string): void {
    const fields = new Map(
      block.split("\n").map((line) => {
        const at = line.indexOf(": ");
        return [line.slice(0, at), line.slice(at + 2)];
      }),
    );
    const data = fields.get("data");
    if (data === undefined) return;
    this.messages.push({ ...(JSON.parse(data) as LiveMessage), id: fields.get("id") });
    this.#wake?.();
  }
}
