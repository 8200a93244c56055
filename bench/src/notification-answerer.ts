import pg from "pg";

// Answers each notification on the channel "questions" with one on the channel "answers".
const client = new pg.Client({ connectionString: process.argv[2] });
await client.connect();
client.on("notification", () => void client.query("NOTIFY answers"));
await client.query("LISTEN questions");
process.once("disconnect", () => void client.end());
process.send?.("ready");
