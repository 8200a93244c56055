import { listen } from "@syntha/http/node";
import { onTestFinished } from "vitest";
import {
  studioHandler,
  type StudioActions,
  type StudioFailure,
  type StudioOptions,
  type StudioReads,
} from "../../src/index.ts";
import { LiveClient } from "./live-client.ts";

export interface StudioClient {
  readonly url: string;
  /** A request as it is. */
  readonly request: (path: string, init?: RequestInit) => Promise<Response>;
  readonly read: <P extends keyof StudioReads>(
    path: P,
    query?: Readonly<Record<string, string>>,
  ) => Promise<StudioReads[P]["answer"]>;
  readonly act: <P extends keyof StudioActions>(
    path: P,
    body: StudioActions[P]["body"],
  ) => Promise<StudioActions[P]["answer"]>;
  /** The status and body of a read that fails. */
  readonly refusal: (path: string, query?: Readonly<Record<string, string>>) => Promise<Refusal>;
  readonly live: (
    query?: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<LiveClient>;
}

export interface Refusal extends StudioFailure {
  readonly status: number;
}

/** Serves Studio on a free port until the test is over, to everyone unless `authorize` is given. */
export async function openStudio(options: Partial<StudioOptions>): Promise<StudioClient> {
  const handler = studioHandler({ authorize: () => ({}), page: "<p>Studio</p>", ...options });
  const { url, close } = await listen(handler, { host: "127.0.0.1", port: 0 });
  onTestFinished(close);
  const request = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(`${url}/${path}`, init);
  return {
    url,
    request,
    read: async (path, query) => answerOf(await request(withQuery(path, query))),
    act: async (path, body) => answerOf(await post(request, path, body)),
    refusal: async (path, query) => refusalOf(await request(withQuery(path, query))),
    live: async (query, headers = {}) => {
      const stop = new AbortController();
      const response = await request(withQuery("api/live", query), {
        headers,
        signal: stop.signal,
      });
      if (!response.ok) throw new Error(await response.text());
      return new LiveClient(response, stop);
    },
  };
}

export function post(
  request: StudioClient["request"],
  path: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return request(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

export async function refusalOf(response: Response): Promise<Refusal> {
  return { ...((await response.json()) as StudioFailure), status: response.status };
}

export function withQuery(path: string, query: Readonly<Record<string, string>> = {}): string {
  return `${path}?${new URLSearchParams(query).toString()}`;
}

async function answerOf<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}
