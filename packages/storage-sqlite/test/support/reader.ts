/** A program that reads a database and closes it, as any SQLite client does: `node reader.ts FILE`. */
import Database from "better-sqlite3";

const database = new Database(process.argv[2] as string);
database.prepare("SELECT * FROM sqlite_schema").all();
database.close();
