/** A picture that can be looked at: a sunset over a sea, drawn by rule. */
import { crc32, deflateSync } from "node:zlib";

export function drawnPng(width: number, height: number): Buffer<ArrayBuffer> {
  const rows = Array.from({ length: height }, (_, y) => {
    const row = Buffer.alloc(1 + width * 3);
    for (let x = 0; x < width; x += 1) row.set(colorAt(x / width, y / height), 1 + x * 3);
    return row;
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits for each of red, green and blue.
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const pixels = deflateSync(Buffer.concat(rows));
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
}

function colorAt(x: number, y: number): [number, number, number] {
  const isSun = (x - 0.65) ** 2 + (y - 0.45) ** 2 < 0.012;
  if (y < 0.6) return isSun ? [255, 236, 170] : [250 - 90 * (0.6 - y), 170 - 60 * y, 120 + 130 * (0.6 - y)];
  const wave = Math.sin(y * 90 + Math.sin(x * 20) * 2) * 14;
  return [40 + wave, 95 + wave, 130 + wave + 40 * (1 - y)];
}

function chunk(type: string, data: Buffer): Buffer<ArrayBuffer> {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
