import { describe, expect, it } from "vitest";
import { RECEIPT_INTERVAL_MS, ReadMarkers } from "../../objects/chat-room/read-markers.ts";

const MINA = 1;
const TOM = 2;

describe("read markers", () => {
  it("are written at once after a pause, and held within it", () => {
    const markers = new ReadMarkers();
    expect(markers.offer(MINA, 1, 0)).toBe(1);
    expect(markers.offer(MINA, 2, RECEIPT_INTERVAL_MS - 1)).toBeNull();
    expect(markers.offer(TOM, 1, 10)).toBe(1);
    expect([...markers.take()]).toEqual([[MINA, 2]]);
    expect(markers.isEmpty).toBe(true);
    expect(markers.offer(MINA, 3, RECEIPT_INTERVAL_MS)).toBe(3);
  });

  it("hold the furthest of what was offered, in whatever order it came", () => {
    const markers = new ReadMarkers();
    markers.offer(MINA, 1, 0);
    for (const id of [4, 9, 2]) markers.offer(MINA, id, 10);
    expect([...markers.take()]).toEqual([[MINA, 9]]);
  });

  it("give up what is held for one that is further", () => {
    const markers = new ReadMarkers();
    markers.offer(MINA, 1, 0);
    markers.offer(MINA, 4, 10);
    expect(markers.offer(MINA, 5, RECEIPT_INTERVAL_MS)).toBe(5);
    expect(markers.isEmpty).toBe(true);
  });

  it("write what is held further ahead when another device is not as far", () => {
    const markers = new ReadMarkers();
    markers.offer(MINA, 1, 0);
    markers.offer(MINA, 10, 500);
    expect(markers.offer(MINA, 5, RECEIPT_INTERVAL_MS + 100)).toBe(10);
    expect(markers.isEmpty).toBe(true);
  });

  it("remember who was told of lately, and nobody else", () => {
    const markers = new ReadMarkers();
    markers.offer(MINA, 1, 0);
    markers.offer(TOM, 1, 900);
    markers.prune(RECEIPT_INTERVAL_MS);
    expect(markers.offer(MINA, 2, 1_001)).toBe(2);
    expect(markers.offer(TOM, 2, 1_001)).toBeNull();
  });
});
