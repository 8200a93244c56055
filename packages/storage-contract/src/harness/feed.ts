import { onTestFinished } from "vitest";
import type { ContextMesh, PushOptions, Watch, WatchChange } from "@syntha/core";
import { waitFor } from "./wait-for.ts";

/** A watch that emits nothing for this long fails the case. */
const TIMEOUT_MS = 60_000;

let markerCount = 0;

/** A watch as a case reads it: one change at a time, or all up to a marker. Ends with the case. */
export class Feed {
  readonly watch: Watch;
  /** Every change so far. */
  readonly received: WatchChange[] = [];

  constructor(watch: Watch) {
    this.watch = watch;
    onTestFinished(async () => {
      await watch.return();
    });
  }

  /** Waits until the watch has its first cursor, so that it receives later writes of other meshes. */
  async started(): Promise<this> {
    await waitFor("the watch has begun", () => this.watch.cursor !== undefined);
    return this;
  }

  async next(): Promise<WatchChange> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#failure("then nothing for a minute")), TIMEOUT_MS);
    });
    try {
      const { done, value } = await Promise.race([this.watch.next(), timeout]);
      if (done) throw this.#failure("then ended");
      this.received.push(value);
      return value;
    } finally {
      clearTimeout(timer);
    }
  }

  async take(count: number): Promise<WatchChange[]> {
    const changes: WatchChange[] = [];
    while (changes.length < count) changes.push(await this.next());
    return changes;
  }

  /** The next changes as text. */
  async lines(count: number): Promise<string[]> {
    return (await this.take(count)).map(formatChange);
  }

  /** Changes before the next one that matches, which is consumed. */
  async takeUntil(isEnd: (change: WatchChange) => boolean): Promise<WatchChange[]> {
    const changes: WatchChange[] = [];
    for (;;) {
      const change = await this.next();
      if (isEnd(change)) return changes;
      changes.push(change);
    }
  }

  /** Pushes a marker, and returns all changes before it: none if the watch emits nothing. */
  async drain(mesh: ContextMesh, options: PushOptions & { key?: string } = {}): Promise<string[]> {
    const { key = `~mark ${++markerCount}`, ...route } = options;
    const isRouted = Object.keys(route).length > 0;
    await mesh.system.push(key, "mark", isRouted ? route : { global: true });
    const changes = await this.takeUntil(
      (change) => change.type === "put" && change.item.key === key,
    );
    return changes.map(formatChange);
  }

  #failure(what: string): Error {
    return new Error(`The watch emitted [${this.received.map(formatChange).join(", ")}], ${what}.`);
  }
}

/** A change as text to compare: `put a=1`, `hide a`, `event order_created=1`, `ready`. */
export function formatChange(change: WatchChange): string {
  switch (change.type) {
    case "put":
      return `put ${change.item.key}=${JSON.stringify(change.item.value)}`;
    case "event":
      return `event ${change.event.type}=${JSON.stringify(change.event.data)}`;
    case "ready":
      return "ready";
    case "corrupt":
      return `corrupt ${change.key ?? ""}`;
    case "lagged":
      return `lagged ${change.dropped}`;
    default:
      return `${change.type} ${change.key}`;
  }
}
