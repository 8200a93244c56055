import type { Reply } from "../protocol/methods.ts";

/** A binding, as the storage uses it. */
export interface Namespace {
  idFromName(name: string): object;
  get(id: object): ObjectStub;
}

/** A reference to an object. */
export interface ObjectStub {
  invoke(method: string, args: readonly unknown[]): Promise<Reply>;
  fetch(url: string, init: { readonly headers: Record<string, string> }): Promise<UpgradeResponse>;
}

interface UpgradeResponse {
  readonly status: number;
  readonly webSocket?: ClientSocket | null | undefined;
}

/** This end of a WebSocket. */
export interface ClientSocket {
  accept(): void;
  send(message: string): void;
  close(code?: number): void;
  addEventListener(type: "close" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data?: unknown }) => void): void;
}
