import type { ColumnQuery, Command, Query } from "../sql/database.ts";

// A program seldom uses most of the statements of a storage, and to prepare them all takes 10 ms. Each is prepared by its
// first call; later calls don't pass through here.

export function lazyQuery(prepare: () => Query): Query {
  const query = (): Query => {
    const prepared = prepare();
    lazy.get = prepared.get.bind(prepared);
    lazy.all = prepared.all.bind(prepared);
    return prepared;
  };
  const lazy: Query = {
    get: (...values) => query().get(...values),
    all: (...values) => query().all(...values),
  };
  return lazy;
}

export function lazyColumn(prepare: () => ColumnQuery): ColumnQuery {
  const lazy: ColumnQuery = {
    all(...values) {
      const prepared = prepare();
      lazy.all = prepared.all.bind(prepared);
      return prepared.all(...values);
    },
  };
  return lazy;
}

export function lazyCommand(prepare: () => Command): Command {
  const lazy: Command = {
    run(...values) {
      const prepared = prepare();
      lazy.run = prepared.run.bind(prepared);
      return prepared.run(...values);
    },
  };
  return lazy;
}
