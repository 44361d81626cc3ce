/** Any picture that is taken, by what it was found to be. */
import type { ImageFormat } from "../rules.ts";
import { readGif } from "./gif.ts";
import { readJpeg } from "./jpeg.ts";
import type { Picture } from "./picture.ts";
import { readPng } from "./png.ts";
import { readWebp } from "./webp.ts";

const READERS: Readonly<Record<ImageFormat, (bytes: Uint8Array) => Picture | null>> = {
  jpeg: readJpeg,
  png: readPng,
  webp: readWebp,
  gif: readGif,
};

export function readPicture(format: ImageFormat, bytes: Uint8Array): Picture | null {
  return READERS[format](bytes);
}
