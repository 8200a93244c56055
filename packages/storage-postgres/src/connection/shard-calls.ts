import type { Settings } from "../settings.ts";
import { type Call, call, plain, prepared, quotedName, type Statement } from "./statement.ts";

/** What a transaction begins with on Citus, where each statement is executed by the worker that has the tenant's shard. */
export class ShardCalls {
  readonly #hold: Statement;
  readonly #writeSettings: readonly Call[];
  readonly #hasPolicies: boolean;

  constructor({ schema, rowLevelSecurity, busyMs, durability }: Settings) {
    this.#hold = holdStatement(schema);
    this.#hasPolicies = rowLevelSecurity;
    this.#writeSettings = [
      setLocal("lock_timeout", `${busyMs}`),
      setLocal("synchronous_commit", durability === "power" ? "on" : "off"),
    ];
  }

  reading(tenant: string): readonly Call[] {
    return [...this.#policyCalls(tenant), call(this.#hold, tenant)];
  }

  writing(tenant: string): readonly Call[] {
    return [...this.#writeSettings, ...this.reading(tenant)];
  }

  /** Policies are evaluated by the worker, which `set_config` does not reach. */
  #policyCalls(tenant: string): readonly Call[] {
    return this.#hasPolicies ? [setLocal("syntha.tenant", tenant)] : [];
  }
}

/**
 * Changes no row, but keeps the tenant's shard on its worker until the transaction ends. Otherwise a rebalancing could move
 * the shard after the tenant is locked: the transaction would continue on a copy on which the tenant is not locked, or in
 * another snapshot.
 */
function holdStatement(schema: string): Statement {
  return prepared(
    `UPDATE ${quotedName(schema)}.tenant SET loading = loading WHERE name = $1 AND head < 0`,
  );
}

/** Unlike `set_config`, Citus repeats it on the worker. It has to be a statement of its own. */
function setLocal(name: string, value: string): Call {
  return call(plain(`SET LOCAL ${name} TO ${quotedText(value)}`));
}

/** With escapes, whatever `standard_conforming_strings` is. */
function quotedText(text: string): string {
  return `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
