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

const isDeno = "Deno" in globalThis;

/** A channel, and the promises that its next message resolves. */
interface Lane {
  readonly channel: Channel;
  waiting: (() => void)[];
}

/**
 * Two, used in turn: Node delivers up to 1,000 messages of one channel in a row, including those sent meanwhile, before it
 * runs timers and sockets.
 */
let lanes: { next: Lane; other: Lane } | undefined;

/**
 * Resolves in a later macrotask, after timers, signals and sockets had their turn. It uses no timer: a test's fake clock
 * replaces them all, and a call that waits for one would never return.
 */
export function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    if (MessageChannel === undefined) return void setTimeout(resolve, 0);
    lanes ??= { next: open(MessageChannel), other: open(MessageChannel) };
    const { channel, waiting } = lanes.next;
    if (waiting.push(resolve) > 1) return;
    channel.port1.ref?.();
    channel.port2.postMessage(null);
  });
}

/** Several macrotasks in a row; stops early when the signal aborts. */
export async function macrotasks(count: number, signal?: AbortSignal): Promise<void> {
  for (let done = 0; done < count && !signal?.aborted; done++) await macrotask();
}

function open(Channel: new () => Channel): Lane {
  const lane: Lane = { channel: new Channel(), waiting: [] };
  const { port1 } = lane.channel;
  port1.onmessage = () => {
    const resolved = lane.waiting;
    lane.waiting = [];
    // Deno keeps the process alive for the next message and overrides an `unref` during this one.
    if (isDeno) setTimeout(() => lane.waiting.length > 0 || port1.unref?.(), 0);
    else port1.unref?.();
    // Calls from now on, such as those that the promises below trigger, use the other channel.
    if (lanes?.next === lane) lanes = { next: lanes.other, other: lane };
    for (const resolve of resolved) resolve();
  };
  // The listener alone must not keep the process alive; an awaited macrotask does.
  port1.unref?.();
  return lane;
}
