import type { Database } from "better-sqlite3";
import { Audiences } from "./audiences.ts";
import { Events } from "./events.ts";
import { Items } from "./items.ts";
import { Log } from "./log.ts";
import { RouteRepair } from "./routes.ts";
import { Agents } from "./agents.ts";
import { Queue } from "./queue.ts";
import { Subscriptions } from "./subscriptions.ts";
import { Rates } from "./rates.ts";
import { TenantRows } from "./tenant-rows.ts";
import { Tenants } from "./tenants.ts";
import { Topics } from "./topics.ts";
import { Usages } from "./usage.ts";

/** Every table with its prepared statements, for one connection. */
export class Tables {
  readonly tenants: Tenants;
  readonly routes: RouteRepair;
  readonly items: Items;
  readonly audiences: Audiences;
  readonly queue: Queue;
  readonly topics: Topics;
  readonly subscriptions: Subscriptions;
  readonly agents: Agents;
  readonly usage: Usages;
  readonly rates: Rates;
  readonly events: Events;
  readonly log: Log;
  readonly rows: TenantRows;

  constructor(database: Database) {
    this.tenants = new Tenants(database);
    const index = new RouteRepair(database);
    this.routes = index;
    this.items = new Items(database, index);
    this.audiences = new Audiences(database, index);
    this.queue = new Queue(database, index);
    this.topics = new Topics(database);
    this.subscriptions = new Subscriptions(database);
    this.agents = new Agents(database);
    this.usage = new Usages(database);
    this.rates = new Rates(database);
    this.events = new Events(database, index);
    this.log = new Log(database, index);
    this.rows = new TenantRows(database);
  }
}
