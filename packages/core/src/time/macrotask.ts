interface Port {
  onmessage: (() => void) | null;
  postMessage(message: null): void;
  ref?(): void;
  unref?(): void;
}

interface Channel {
  readonly port1: Port;
  readonly port2: Port;
}

/** Browsers, workers and edge runtimes may lack it. */
const { MessageChannel, setTimeout } = globalThis as unknown as {
  readonly MessageChannel?: new () => Channel;
  readonly setTimeout: (run: () => void, ms: number) => unknown;
};

let channel: Channel | undefined;
let waiting: (() => void)[] = [];

/**
 * Resolves in a later macrotask, so that timers, signals and sockets get their turn. It uses no timer: a test's fake
 * clock replaces all of them, and a call that waits for one would never return.
 */
export function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    if (MessageChannel === undefined) return void setTimeout(resolve, 0);
    if (waiting.push(resolve) > 1) return;
    channel ??= open(MessageChannel);
    // Only what is awaited keeps the process alive.
    channel.port1.ref?.();
    channel.port2.postMessage(null);
  });
}

/** Several in a row, fewer when the signal aborts. */
export async function macrotasks(count: number, signal?: AbortSignal): Promise<void> {
  for (let done = 0; done < count && !signal?.aborted; done++) await macrotask();
}

function open(Channel: new () => Channel): Channel {
  const opened = new Channel();
  opened.port1.onmessage = () => {
    const resolved = waiting;
    waiting = [];
    opened.port1.unref?.();
    for (const resolve of resolved) resolve();
  };
  return opened;
}
