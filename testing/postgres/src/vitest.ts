import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { inject } from "vitest";
import * as fresh from "./fresh.ts";

/** What the run of the tests tells each test file. */
export interface PostgresRun {
  /** A port of the loopback address: who connects is told the server's URL, as an `Answer`. */
  door: number;
  /** Names what the run's tests make on the server. */
  run: string;
}

export type Answer = { url: string } | { error: string };

declare module "vitest" {
  interface ProvidedContext {
    postgres: PostgresRun;
  }
}

let url: Promise<string> | undefined;

/**
 * The server that all test files of a run share. The first who asks starts it.
 *
 * @returns its URL, or the one in the environment variable `SYNTHA_POSTGRES_URL`
 * @throws Error if it does not start
 */
export function postgresUrl(): Promise<string> {
  return (url ??= ask());
}

/** A name for a schema on the shared server; it is the test's to create and to drop. */
export async function freshSchema(): Promise<fresh.FreshSchema> {
  return fresh.freshSchema(await postgresUrl(), inject("postgres").run);
}

/** A database on the shared server, which is the test's to drop. */
export async function freshDatabase(): Promise<fresh.FreshDatabase> {
  return fresh.freshDatabase(await postgresUrl(), inject("postgres").run);
}

async function ask(): Promise<string> {
  const answer: Answer = JSON.parse(await text(connect(inject("postgres").door, "127.0.0.1")));
  if ("error" in answer) throw new Error(answer.error);
  return answer.url;
}
