import { type Area, PICTURE_SIDE, squareInside } from "./crop.ts";

const QUALITY = 0.9;

/** The part as a JPEG, turned as the photo is to be seen. Nothing else of the file goes with it, no place either. */
export async function drawPicture(file: Blob, area: Area): Promise<Blob> {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const canvas = document.createElement("canvas");
  canvas.width = PICTURE_SIDE;
  canvas.height = PICTURE_SIDE;
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("the browser draws nothing");
  // What is transparent would be black otherwise.
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, PICTURE_SIDE, PICTURE_SIDE);
  context.imageSmoothingQuality = "high";
  const { x, y, width, height } = squareInside(area, bitmap);
  context.drawImage(bitmap, x, y, width, height, 0, 0, PICTURE_SIDE, PICTURE_SIDE);
  bitmap.close();
  return new Promise((resolve, reject) => {
    const done = (blob: Blob | null) =>
      blob === null ? reject(new Error("the browser encodes nothing")) : resolve(blob);
    canvas.toBlob(done, "image/jpeg", QUALITY);
  });
}
