/** Bytes that may wait for a client that reads too slowly, or not at all. */
const MAX_WAITING = 1_048_576;

export interface BoundedStreamOptions {
  readonly source: ReadableStream<Uint8Array>;
  /** Ends the stream. */
  readonly signal: AbortSignal;
  /** What the client still receives if the signal ends the stream; undefined for nothing. */
  readonly finalEvent: () => string | undefined;
  /** Called once, however the stream ends. */
  readonly onEnd: () => void;
}

/**
 * The bytes of a stream for a client that may stop reading: once more than 1 MiB wait for it, the stream ends. A single
 * message may be larger.
 */
export function boundedStream({
  source,
  signal,
  finalEvent,
  onEnd,
}: BoundedStreamOptions): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  let hasEnded = false;
  const end = (): boolean => {
    if (hasEnded) return false;
    hasEnded = true;
    signal.removeEventListener("abort", abort);
    reader.cancel().catch(() => undefined);
    onEnd();
    return true;
  };
  let abort = (): void => undefined;
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        abort = () => {
          const event = finalEvent();
          if (!end()) return;
          if (event !== undefined) controller.enqueue(encoder.encode(event));
          controller.close();
        };
        signal.addEventListener("abort", abort);
        if (signal.aborted) abort();
        void pump(reader, controller, () => {
          if (end()) controller.close();
        });
      },
      cancel: () => void end(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MAX_WAITING }),
  );
}

/** Reads whatever the client does, so that nothing collects where it is not counted. */
async function pump(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  controller: ReadableStreamDefaultController<Uint8Array>,
  end: () => void,
): Promise<void> {
  try {
    while ((controller.desiredSize ?? 0) > 0) {
      const { done, value } = await reader.read();
      if (done) break;
      controller.enqueue(value);
    }
  } catch {
    // The source failed, or the stream has ended already.
  }
  end();
}
