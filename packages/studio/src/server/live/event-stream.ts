import type { LiveMessage } from "../../api/index.ts";

/** Bytes that may wait for a client before the stream pauses. */
const HIGH_WATER_MARK = 262_144;

const encoder = new TextEncoder();

/** Server-sent events to one client. */
export class EventStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #onCancel: () => void;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #isOver = false;
  #resume: (() => void) | undefined;

  /** @param onCancel called if the client goes */
  constructor(onCancel: () => void) {
    this.#onCancel = onCancel;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#wake(),
        cancel: () => this.#cancel(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER_MARK }),
    );
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether the client reads as fast as it gets. */
  get isReady(): boolean {
    return (this.#controller.desiredSize ?? 0) > 0;
  }

  /** Resolves when the client has read enough, or the stream is over. */
  async ready(): Promise<void> {
    if (this.#isOver || this.isReady) return;
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
    });
  }

  send(message: LiveMessage, id?: string): void {
    const line = id === undefined ? "" : `id: ${id}\n`;
    this.#write(`${line}event: ${message.type}\ndata: ${JSON.stringify(message)}\n\n`);
  }

  /** Keeps the connection alive. */
  comment(): void {
    this.#write(":\n\n");
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#controller.close();
    this.#wake();
  }

  #write(text: string): void {
    if (!this.#isOver) this.#controller.enqueue(encoder.encode(text));
  }

  #cancel(): void {
    this.#isOver = true;
    this.#wake();
    this.#onCancel();
  }

  #wake(): void {
    this.#resume?.();
    this.#resume = undefined;
  }
}
