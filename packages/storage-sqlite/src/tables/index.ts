import type { SqlDatabase } from "../sql/database.ts";
import { Audiences } from "./audiences.ts";
import { Dependencies } from "./dependencies.ts";
import { Events } from "./events.ts";
import { Items } from "./items.ts";
import { Log } from "./log.ts";
import { Routes } from "./routes.ts";
import { Agents } from "./agents.ts";
import { Queue } from "./queue.ts";
import { Subscriptions } from "./subscriptions.ts";
import { Rates } from "./rates.ts";
import { TenantRows } from "./tenant-rows.ts";
import { Tenants } from "./tenants.ts";
import { Topics } from "./topics.ts";
import { Usages } from "./usage.ts";

/** The prepared statements of every table, for one connection. */
export class Tables {
  readonly tenants: Tenants;
  readonly routes: Routes;
  readonly items: Items;
  readonly audiences: Audiences;
  readonly queue: Queue;
  readonly dependencies: Dependencies;
  readonly topics: Topics;
  readonly subscriptions: Subscriptions;
  readonly agents: Agents;
  readonly usage: Usages;
  readonly rates: Rates;
  readonly events: Events;
  readonly log: Log;
  readonly rows: TenantRows;

  constructor(database: SqlDatabase) {
    this.tenants = new Tenants(database);
    this.routes = new Routes(database);
    this.items = new Items(database, this.routes);
    this.audiences = new Audiences(database, this.routes);
    this.queue = new Queue(database, this.routes);
    this.dependencies = new Dependencies(database, this.routes);
    this.topics = new Topics(database);
    this.subscriptions = new Subscriptions(database);
    this.agents = new Agents(database);
    this.usage = new Usages(database);
    this.rates = new Rates(database);
    this.events = new Events(database, this.routes);
    this.log = new Log(database, this.routes, this.events);
    this.rows = new TenantRows(database);
  }
}
