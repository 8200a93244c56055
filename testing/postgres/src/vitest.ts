import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { inject } from "vitest";
import * as fresh from "./fresh-database.ts";

/** What the test run provides to each test file. */
export interface PostgresRun {
  /** A port of the loopback address that sends the server's URL, as an `Answer`, to each client. */
  port: number;
  /** Part of the names of all objects that the run creates on the server. */
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
 * The server that all test files of a run share. The first call starts it.
 *
 * @returns its URL, or the one in the environment variable `SYNTHA_POSTGRES_URL`
 * @throws Error if it does not start
 */
export function postgresUrl(): Promise<string> {
  return (url ??= ask());
}

/** A name for a schema on the shared server. The test creates and drops the schema. */
export async function freshSchema(): Promise<fresh.FreshSchema> {
  return fresh.freshSchema(await postgresUrl(), inject("postgres").run);
}

/** Creates a database on the shared server. The test drops it. */
export async function freshDatabase(): Promise<fresh.FreshDatabase> {
  return fresh.freshDatabase(await postgresUrl(), inject("postgres").run);
}

async function ask(): Promise<string> {
  const answer: Answer = JSON.parse(await text(connect(inject("postgres").port, "127.0.0.1")));
  if ("error" in answer) throw new Error(answer.error);
  return answer.url;
}
