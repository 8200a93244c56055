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

/** Makes every commit in a schema take this long. */
export async function delayCommits(url: string, schema: string, seconds: number): Promise<void> {
  await query(
    url,
    `CREATE FUNCTION ${schema}.delay_commit() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN PERFORM pg_sleep(${seconds}); RETURN NULL; END $$`,
    `CREATE TRIGGER delay_commit AFTER INSERT ON ${schema}.log
       FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.delay_commit()`,
  );
}
