/** Files in messages, and voices, in English. Loaded with the first of them. */
export const en = {
  voice: "Voice message",
  play: "Play",
  pause: "Pause",
  position: "Position",
  positionOf: (at: string, length: string) => `${at} of ${length}`,
  unplayable: "This browser cannot play it.",
  pictureBy: (name: string, words: string) => (words === "" ? `Photo from ${name}` : `Photo from ${name}: ${words}`),
  download: "Download",
  again: "Try again",
  missing: {
    denied: "You can no longer see this file.",
    gone: "This file was deleted.",
    failed: "This could not be loaded.",
  },
  picked: "Files to send",
  leaveOut: (name: string) => `Leave out: ${name}`,
  stop: (name: string) => `Stop sending: ${name}`,
  progress: (percent: number) => `${percent} % sent`,
  waiting: "Waiting for its turn",
  record: {
    title: "Recording a voice message",
    asking: "Allow the microphone to begin.",
    running: (time: string, limit: string) => `${time} of ${limit} at most`,
    done: "Stop and listen",
    discard: "Discard the recording",
    send: "Send the voice message",
    denied: "This page may not use the microphone. Allow it in the browser's settings of this page, then try again.",
    missing: "No microphone was found.",
    unsupported: "This browser cannot record.",
    failed: "The recording did not work.",
  },
  problems: {
    invalid_frame: "This file is empty or damaged, or its picture is too large.",
    too_large: "Too large. Photos may have 10 MB, voices 10 MB, other files 25 MB.",
    unsupported_media_type:
      "Files of this kind are not taken. Photos may be JPEG, PNG, WebP or GIF; documents, sound, videos and ZIP are fine.",
    get_forbidden: "You can no longer see this file.",
    get_not_found: "This file was deleted.",
  } as Readonly<Record<string, string>>,
};

export type FileWords = typeof en;
