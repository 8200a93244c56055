import { Client, type ClientOptions } from "@modelcontextprotocol/client";
import type { Era } from "./eras.ts";

/** The official client, which speaks the protocol of an era. */
export function newClient(era: Era, options: ClientOptions = {}): Client {
  const mode = era === "modern" ? "auto" : "legacy";
  return new Client({ name: "test", version: "1" }, { ...options, versionNegotiation: { mode } });
}
