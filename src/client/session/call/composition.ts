/** Everybody in a call as one picture and one sound, to be recorded: a grid, or the shared screen with the others beside it. */

export interface Shown {
  readonly userId: number;
  readonly name: string;
  readonly audio: MediaStream | null;
  /** The screen before the camera. */
  readonly video: MediaStream | null;
}

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const WIDTH = 640;
const HEIGHT = 360;
const FRAMES_PER_SECOND = 10;

/** Where each of `count` is in the picture. Pure. */
export function gridOf(count: number): readonly Place[] {
  const columns = count <= 1 ? 1 : 2;
  const rows = Math.ceil(count / columns);
  const [width, height] = [WIDTH / columns, HEIGHT / Math.max(1, rows)];
  return Array.from({ length: count }, (_, index) => ({
    x: (index % columns) * width,
    y: Math.floor(index / columns) * height,
    ...{ width, height },
  }));
}

/** The largest part of `outer` that has the form of `inner`, in its middle. Pure. */
export function contained(inner: { readonly width: number; readonly height: number }, outer: Place): Place {
  const scale = Math.min(outer.width / Math.max(1, inner.width), outer.height / Math.max(1, inner.height));
  const [width, height] = [inner.width * scale, inner.height * scale];
  return { x: outer.x + (outer.width - width) / 2, y: outer.y + (outer.height - height) / 2, width, height };
}

/** Draws and mixes until it is stopped; who is shown may change meanwhile. */
export class Composition {
  readonly stream: MediaStream;
  readonly #canvas = document.createElement("canvas");
  readonly #audio = new AudioContext();
  readonly #mixed = this.#audio.createMediaStreamDestination();
  readonly #sources = new Map<MediaStream, MediaStreamAudioSourceNode>();
  readonly #videos = new Map<MediaStream, HTMLVideoElement>();
  readonly #timer: ReturnType<typeof setInterval>;
  #shown: readonly Shown[] = [];

  constructor() {
    Object.assign(this.#canvas, { width: WIDTH, height: HEIGHT });
    this.#draw();
    this.stream = this.#canvas.captureStream(FRAMES_PER_SECOND);
    for (const track of this.#mixed.stream.getAudioTracks()) this.stream.addTrack(track);
    this.#timer = setInterval(() => this.#draw(), 1_000 / FRAMES_PER_SECOND);
    void this.#audio.resume().catch(() => {});
  }

  show(shown: readonly Shown[]): void {
    this.#shown = shown;
    const heard = new Set(shown.map(({ audio }) => audio));
    for (const [stream, source] of this.#sources) {
      if (heard.has(stream)) continue;
      source.disconnect();
      this.#sources.delete(stream);
    }
    for (const stream of heard) {
      if (stream === null || this.#sources.has(stream)) continue;
      const source = this.#audio.createMediaStreamSource(stream);
      source.connect(this.#mixed);
      this.#sources.set(stream, source);
    }
    const seen = new Set(shown.map(({ video }) => video));
    for (const [stream, video] of this.#videos) {
      if (seen.has(stream)) continue;
      video.srcObject = null;
      this.#videos.delete(stream);
    }
    for (const stream of seen) {
      if (stream === null || this.#videos.has(stream)) continue;
      const video = document.createElement("video");
      Object.assign(video, { muted: true, playsInline: true, srcObject: stream });
      void video.play().catch(() => {});
      this.#videos.set(stream, video);
    }
  }

  stop(): void {
    clearInterval(this.#timer);
    this.show([]);
    for (const track of this.stream.getTracks()) track.stop();
    void this.#audio.close().catch(() => {});
  }

  #draw(): void {
    const context = this.#canvas.getContext("2d");
    if (context === null) return;
    context.fillStyle = "#10171a";
    context.fillRect(0, 0, WIDTH, HEIGHT);
    for (const [index, place] of gridOf(this.#shown.length).entries()) {
      const one = this.#shown[index];
      if (one !== undefined) this.#drawOne(context, one, place);
    }
  }

  #drawOne(context: CanvasRenderingContext2D, { name, video }: Shown, place: Place): void {
    const element = video && this.#videos.get(video);
    if (element && element.videoWidth > 0) {
      const { x, y, width, height } = contained({ width: element.videoWidth, height: element.videoHeight }, place);
      context.drawImage(element, x, y, width, height);
    }
    context.font = "16px sans-serif";
    context.fillStyle = "#ffffff";
    context.fillText(name, place.x + 10, place.y + place.height - 12, place.width - 20);
  }
}
