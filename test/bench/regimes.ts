/** What is measured, and what is aimed at. */

export interface Regime {
  readonly name: string;
  readonly rooms: number;
  readonly socketsPerRoom: number;
  readonly sendersPerRoom: number;
  /** How much a sender has unacknowledged at most; or how much it offers, come what may. */
  readonly load: { readonly inFlight: number } | { readonly messagesPerSecond: number };
  /** Product divided by peer: at least for throughput, at most for latency. */
  readonly targets: { readonly bare: number; readonly "Socket.IO": number };
}

export const REGIMES: readonly Regime[] = [
  {
    name: "1 room × 500, 4 in flight",
    rooms: 1,
    socketsPerRoom: 500,
    sendersPerRoom: 1,
    load: { inFlight: 4 },
    targets: { bare: 1.6, "Socket.IO": 1.1 },
  },
  {
    name: "1 room × 500, 16 senders, 32 in flight",
    rooms: 1,
    socketsPerRoom: 500,
    sendersPerRoom: 16,
    load: { inFlight: 32 },
    targets: { bare: 8, "Socket.IO": 6 },
  },
  {
    name: "50 rooms × 10, 2 in flight each",
    rooms: 50,
    socketsPerRoom: 10,
    sendersPerRoom: 1,
    load: { inFlight: 2 },
    targets: { bare: 1.4, "Socket.IO": 0.85 },
  },
  {
    name: "5,000 deliveries/s offered (50 rooms × 10)",
    rooms: 50,
    socketsPerRoom: 10,
    sendersPerRoom: 1,
    load: { messagesPerSecond: 10 },
    targets: { bare: 1.2, "Socket.IO": 1.6 },
  },
];
