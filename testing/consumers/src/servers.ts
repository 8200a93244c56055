import { ModelServer, shareOrRead } from "@syntha/testing-model-server";
import { startServer } from "@syntha/testing-postgres";
import type { Consumer } from "./consumer.ts";

/** Servers that programs need, started on first use. */
export class Servers {
  #database: ReturnType<typeof startServer> | undefined;
  #model: Promise<ModelServer> | undefined;

  readonly env = async (need: Consumer["needs"]): Promise<Record<string, string>> => {
    if (need === "database") {
      const given = process.env["SYNTHA_POSTGRES_URL"];
      if (given !== undefined) return { DATABASE_URL: given };
      this.#database ??= startServer();
      return { DATABASE_URL: (await this.#database).url };
    }
    if (need === undefined) return {};
    this.#model ??= ModelServer.start(shareOrRead);
    return (await this.#model).env;
  };

  async close(): Promise<void> {
    await (await this.#model)?.close();
    await (await this.#database)?.[Symbol.asyncDispose]();
  }
}
