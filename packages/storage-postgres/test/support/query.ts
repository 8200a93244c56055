import pg from "pg";

/** Runs statements on a new connection; returns the rows of the last one. */
export async function query<T extends pg.QueryResultRow>(
  url: string,
  ...statements: readonly string[]
): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    let rows: T[] = [];
    for (const statement of statements) ({ rows } = await client.query<T>(statement));
    return rows;
  } finally {
    await client.end();
  }
}
