/** An order, with the services that have processed it. */
export type Order = {
  order: number;
  stages: { service: string; pid: number; attempt: number }[];
};
