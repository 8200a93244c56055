import { decide } from "@syntha/core/storage";
import { migrate } from "../../src/migrations/migrate.ts";
import { dump } from "../../src/reads/dump.ts";
import { events } from "../../src/reads/events.ts";
import { Get } from "../../src/reads/get.ts";
import { list } from "../../src/reads/list.ts";
import { log } from "../../src/reads/log.ts";
import { stats } from "../../src/reads/stats.ts";
import { topics } from "../../src/reads/topics.ts";
import type { SqlDatabase, SqlTransactions } from "../../src/sql/database.ts";
import { Tables } from "../../src/tables/index.ts";
import { commit } from "../../src/writes/commit.ts";
import { drop } from "../../src/writes/drop.ts";
import { bySystem, onTopics, put } from "./operations.ts";

export interface Trial {
  /** The answer of each step, as text. */
  readonly steps: readonly string[];
  /** Statements that SQLite's host does not allow. */
  readonly refused: readonly string[];
}

const NOW = 1_800_000_000_000;

/** Answers of some writes and reads on a new database, without what is random. */
export function transcript(database: SqlDatabase, transactions: SqlTransactions): string[] {
  for (let i = 0; i < 2; i++) migrate(database, transactions);
  const tables = new Tables(database);
  const get = new Get(database, tables, transactions, () => false);
  const write = (...commits: Parameters<typeof commit>[2]) =>
    transactions.write(
      () => commit(tables, "acme", commits, decide, () => NOW),
      (result) => result.hasWrites,
    );
  const answers = [
    write(bySystem(put("k", { text: "ä\u{1f600}" }, { route: onTopics("a", "b") }))),
    write(bySystem(put("k", 2), put("l", 1)), bySystem(put("k", 3, { ifRevision: 99 }))),
    write(bySystem(put("never", 1, { ifRevision: 7 }))),
    get.read("acme", null, ["k"], NOW),
    get.read("acme", "Ann", ["k", "l"], NOW),
    transactions.read(() => list(tables, "acme", { actor: null, limit: 5 }, NOW)),
    transactions.read(() => log(tables, "acme", { after: "start", limit: 10 }, NOW)),
    transactions.read(() => topics(tables, "acme", { limit: 5 }, NOW)),
    transactions.read(() => events(tables, "acme", { actor: null, limit: 5 }, NOW)),
    transactions.read(() => stats(tables, "acme", NOW)),
    transactions.read(() => dump(tables, { tenantId: "acme", section: "items", limit: 5 })),
    transactions.write(() => drop(tables, "acme")),
    transactions.read(() => stats(tables, "acme", NOW)),
  ];
  return answers.map((answer) => withoutRandom(JSON.stringify(answer)));
}

/** The text of every statement that tables and reads prepare. */
export function statementsOf(database: SqlDatabase, transactions: SqlTransactions): Set<string> {
  const statements = new Set<string>();
  const recorder: SqlDatabase = {
    query(sql) {
      statements.add(sql);
      return database.query(sql);
    },
    column(sql) {
      statements.add(sql);
      return database.column(sql);
    },
    command(sql) {
      statements.add(sql);
      return database.command(sql);
    },
    exec: (sql) => database.exec(sql),
  };
  void new Get(recorder, new Tables(recorder), transactions, () => false);
  return statements;
}

function withoutRandom(text: string): string {
  return text.replaceAll(/"(epoch|commitId|headCommitId)":("\w*"|\d+)/g, '"$1":0');
}
