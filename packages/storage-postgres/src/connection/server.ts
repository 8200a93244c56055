/** What a storage knows of its server. */
export class Server {
  /** As the server names itself, such as `"PostgreSQL 17.2, Citus 13.2"`; undefined until the storage is open. */
  version: string | undefined;
  /** Whether it is a server that the storage's tests run on, by what it names itself. */
  isTested = false;
  /** The version of the extension Citus, such as `"13.2-1"`; undefined if the database does not have it. */
  citus: string | undefined;
  /** Whether Citus has distributed the tables. */
  isDistributed = false;
}

/** How PostgreSQL names itself: `"PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu, compiled by …"`. */
const POSTGRESQL = /^(PostgreSQL \d+(?:\.\d+|devel|beta\d+|rc\d+)?)(?: \([^)]*\))? on /;

/** The longest name of a server that is reported. */
const MAX_NAME = 100;

/**
 * @param text the result of the server's function `version()`
 * @param citus the version of the extension, if it exists
 */
export function describeServer(
  text: string,
  citus: string | null,
): Pick<Server, "version" | "isTested"> {
  const [, postgresql] = POSTGRESQL.exec(text) ?? [];
  const name = postgresql ?? text.slice(0, MAX_NAME);
  return {
    version: citus === null ? name : `${name}, Citus ${citus}`,
    isTested: postgresql !== undefined,
  };
}
