/** Which part of a picture is shown of somebody, and how near. Pure. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Of what is uploaded: sharp on every screen, far below what the server takes. */
export const PICTURE_SIDE = 512;
export const ZOOM = { least: 1, most: 4, step: 0.1 } as const;

/** The square in pixels of the picture, wholly inside it: what is measured on the screen has fractions. */
export function squareInside(area: Area, picture: { readonly width: number; readonly height: number }): Area {
  const side = Math.max(1, Math.min(Math.round(area.width), picture.width, picture.height));
  const inside = (start: number, length: number) => Math.min(Math.max(0, Math.round(start)), length - side);
  return { x: inside(area.x, picture.width), y: inside(area.y, picture.height), width: side, height: side };
}

/** `+` and `-` zoom, as in maps. Undefined: the key means something else. */
export function zoomedBy(key: string, zoom: number): number | undefined {
  const steps = key === "+" || key === "=" ? 1 : key === "-" || key === "_" ? -1 : 0;
  if (steps === 0) return undefined;
  const next = zoom + steps * ZOOM.step;
  return Math.round(Math.min(ZOOM.most, Math.max(ZOOM.least, next)) * 100) / 100;
}
