import { KeyedListeners, type Unsubscribe } from "@syntha/core/storage";

/**
 * Calls the commit listeners of a tenant. Commits of this process are reported by {@link notify}; those of other
 * connections are noticed by polling, which does not show the tenant, so all listeners are called.
 */
export class CommitNotifier {
  readonly #listeners = new KeyedListeners<string>((isActive) =>
    isActive ? this.#poll() : this.#pause(),
  );
  readonly #pollMs: number;
  readonly #keepsAlive: boolean;
  #version: (() => number) | undefined;
  #lastVersion: number | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param keepsAlive Whether listeners keep the process alive: not if no other process can commit. */
  constructor(pollMs: number, keepsAlive: boolean) {
    this.#pollMs = pollMs;
    this.#keepsAlive = keepsAlive;
  }

  onCommit(tenant: string, listener: () => void): Unsubscribe {
    return this.#listeners.add(tenant, listener);
  }

  notify(tenant: string): void {
    this.#listeners.emit(tenant);
  }

  /** Starts polling; `version` returns a number that changes with other connections' commits. */
  start(version: () => number): void {
    this.#version = version;
    if (this.#listeners.isActive) this.#poll();
  }

  /** Stops polling; listeners stay registered. */
  stop(): void {
    this.#pause();
    this.#version = undefined;
  }

  #poll(): void {
    if (this.#timer !== undefined || this.#version === undefined) return;
    this.#lastVersion = this.#readVersion();
    this.#timer = setInterval(() => this.#compare(), this.#pollMs);
    if (!this.#keepsAlive) this.#timer.unref();
  }

  #pause(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #compare(): void {
    const version = this.#readVersion();
    if (version === this.#lastVersion) return;
    this.#lastVersion = version;
    this.#listeners.emitAll();
  }

  /** Undefined while the database can't be read: listeners are called then too, so that their reads get the error. */
  #readVersion(): number | undefined {
    try {
      return this.#version?.();
    } catch {
      return undefined;
    }
  }
}
