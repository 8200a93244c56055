import { exponentialDelay, jittered, systemPause } from "@syntha/core/storage";
import { COMMITTED, PING } from "../protocol/watch.ts";
import type { ClientSocket, ObjectStub } from "./object-stub.ts";

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 10_000;
/** A connection without a message for two of these is lost. */
const PING_EVERY_MS = 20_000;

/**
 * A connection to the object of a tenant, which reports its commits. States:
 * - *connecting*: commits are not reported. Failed attempts repeat after growing pauses.
 * - *connected*: each message reports a commit. At its start one is reported, since some may have happened before.
 * - *lost*: one is reported, so that listeners read and receive the error; then it is *connecting* again.
 * - *closed*: nothing is reported any more.
 */
export class CommitSocket {
  readonly #connect: () => ObjectStub;
  readonly #onCommit: () => void;
  readonly #closing = new AbortController();

  constructor(connect: () => ObjectStub, onCommit: () => void) {
    this.#connect = connect;
    this.#onCommit = onCommit;
    void this.#run();
  }

  close(): void {
    this.#closing.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted; failures++) {
      const socket = await this.#open();
      if (socket !== undefined) {
        failures = 0;
        if (signal.aborted) return closeSocket(socket);
        this.#onCommit();
        await this.#listen(socket);
      }
      if (signal.aborted) return;
      // Once for an outage, however many attempts it takes to connect.
      if (failures === 0) this.#onCommit();
      const delay = exponentialDelay(failures, FIRST_RETRY_MS, LONGEST_RETRY_MS);
      await systemPause(jittered(delay), signal);
    }
  }

  async #open(): Promise<ClientSocket | undefined> {
    try {
      const { webSocket } = await this.#connect().fetch("https://tenant/watch", {
        headers: { Upgrade: "websocket" },
      });
      webSocket?.accept();
      return webSocket ?? undefined;
    } catch {
      return undefined;
    }
  }

  /** Resolves when the connection is lost or closed. */
  #listen(socket: ClientSocket): Promise<void> {
    const ended = new AbortController();
    const end = (): void => ended.abort();
    let isAlive = true;
    return new Promise((resolve) => {
      ended.signal.addEventListener("abort", () => {
        this.#closing.signal.removeEventListener("abort", end);
        closeSocket(socket);
        resolve();
      });
      this.#closing.signal.addEventListener("abort", end);
      socket.addEventListener("close", end);
      socket.addEventListener("error", end);
      socket.addEventListener("message", (event) => {
        isAlive = true;
        if (event.data === COMMITTED && !ended.signal.aborted) this.#onCommit();
      });
      void this.#ping(socket, ended, () => {
        const wasAlive = isAlive;
        isAlive = false;
        return wasAlive;
      });
    });
  }

  async #ping(
    socket: ClientSocket,
    ended: AbortController,
    wasAlive: () => boolean,
  ): Promise<void> {
    for (;;) {
      await systemPause(PING_EVERY_MS, ended.signal);
      if (ended.signal.aborted) return;
      if (!wasAlive()) return ended.abort();
      try {
        socket.send(PING);
      } catch {
        return ended.abort();
      }
    }
  }
}

function closeSocket(socket: ClientSocket): void {
  try {
    socket.close();
  } catch {
    // The connection is lost.
  }
}
