/** What one can send in a call. Their order is that of the sections in every description: never another. */
export const MEDIA_KINDS = ["microphone", "camera", "screen"] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

export type Tracks = Readonly<Record<MediaKind, MediaStreamTrack | null>>;

export const NO_TRACKS: Tracks = { microphone: null, camera: null, screen: null };

/** What a section of that kind is for WebRTC. */
export const SECTION: Readonly<Record<MediaKind, "audio" | "video">> = {
  microphone: "audio",
  camera: "video",
  screen: "video",
};
