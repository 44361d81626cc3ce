/** Files: uploading them, fetching them, and showing one as one's picture. */
import {
  avatarAnswer,
  avatarRequest,
  mediaAnswer,
  presignAnswer,
  presignRequest,
  uploadQuery,
} from "../../../schema/api/media.ts";
import { SAMPLE } from "../sample.ts";
import type { Operation } from "./operation.ts";

const AVATAR = `avatar/${SAMPLE.minji}/${SAMPLE.mediaName}`;
const FILE = `message/${SAMPLE.minji}/${SAMPLE.mediaName}`;
const PICTURE = {
  url: `/v1/media/${AVATAR}`,
  key: AVATAR,
  size: 90,
  contentType: "image/png",
  width: 6,
  height: 4,
};
const LEAVE = {
  key: FILE,
  uploadUrl: `https://account.r2.cloudflarestorage.com/studymate-media/incoming/${FILE}?X-Amz-Signature=…`,
  headers: { "content-type": "video/mp4", "content-length": "40000000" },
  expiresAt: "2026-11-22T09:45:00.000Z",
};
const ofFile = {
  purpose: { description: "What it is for.", example: "message" },
  ownerId: { description: "Who uploaded it.", example: SAMPLE.minji },
  name: { description: "The end of its key.", example: SAMPLE.mediaName },
};

export const MEDIA_OPERATIONS = {
  "POST /v1/media": {
    id: "uploadMedia",
    area: "Media",
    summary: "Upload a file",
    description:
      "The body is the file itself. Its type is found from its content, whatever `Content-Type` says. An avatar: JPEG, PNG " +
      "or WebP, up to 5 MiB and 16 megapixels. A message: also GIF, up to 10 MiB and 50 megapixels; PDF, ZIP, office " +
      "documents, text, sound and MP4 or WebM films, up to 25 MiB. A voice: Ogg, WebM, MP4, MP3 or WAV, up to 10 MiB; say how " +
      "long it is, and its message does. " +
      "Pictures lose where and with what they were taken, and what follows their end; how they are turned stays.",
    caller: "user",
    takesIdempotencyKey: true,
    query: uploadQuery,
    upload: "The bytes of the file. With `Content-Length` they are handed on as they come.",
    answers: {
      200: { description: "It was there already.", schema: mediaAnswer, example: PICTURE },
      201: {
        description: "It is stored. A message shows it by giving `url` as its `fileUrl`.",
        schema: mediaAnswer,
        example: PICTURE,
      },
    },
    refusals: {
      invalid_frame:
        "The query does not fit, the file is empty, cut off, damaged, or not as long as it says, or the key is not " +
        "visible ASCII.",
      conflict: "This `Idempotency-Key` was used for another file.",
      forbidden: "The caller is not a participant of this room.",
      not_found: "There is no such room.",
      too_large: "The file has more bytes or pixels than its purpose allows.",
      unsupported_media_type: "Files of this type are not taken for this purpose: never SVG, HTML, or programs.",
      rate_limited: "Too many uploads. Wait for `Retry-After` seconds.",
      unavailable: "The room is moving or too busy. Wait for `Retry-After` seconds.",
    },
  },
  "POST /v1/media/uploads": {
    id: "beginLargeUpload",
    area: "Media",
    summary: "Ask for leave to send a large file",
    description:
      "For files of up to 500 MiB that are no pictures, where the service has such a storage. Send the file to `uploadUrl` " +
      "with `PUT` and with `headers`, then complete it. What is not completed is removed.",
    caller: "user",
    takesIdempotencyKey: true,
    body: presignRequest,
    examples: {
      film: {
        summary: "A film for Minji's group",
        body: { roomId: SAMPLE.room, contentType: "video/mp4", sizeBytes: 40_000_000, fileName: "lesson.mp4" },
        status: 201,
      },
    },
    answers: {
      200: { description: "It was given already.", schema: presignAnswer, example: LEAVE },
      201: { description: "Leave to send it.", schema: presignAnswer, example: LEAVE },
    },
    refusals: {
      conflict: "This `Idempotency-Key` was used for another file.",
      forbidden: "The caller is not a participant of this room.",
      not_found: "There is no such room, or the service has no such storage.",
      too_large: "The file is larger than 500 MiB, or the body than 64 KiB.",
      unsupported_media_type: "Files of this type are not taken this way, or the body is not `application/json`.",
      rate_limited: "Too many uploads. Wait for `Retry-After` seconds.",
      unavailable: "The room is moving or too busy. Wait for `Retry-After` seconds.",
    },
  },
  "POST /v1/media/{purpose}/{ownerId}/{name}/complete": {
    id: "completeLargeUpload",
    area: "Media",
    summary: "Complete a large file",
    description: "Looks at what was sent: its size, and its type by its content. Sent again, it answers the same.",
    caller: "user",
    path: ofFile,
    answers: {
      200: {
        description: "It is stored. A message shows it by giving `url` as its `fileUrl`.",
        schema: mediaAnswer,
        example: {
          url: `/v1/media/${FILE}?claim=…`,
          key: FILE,
          size: 40_000_000,
          contentType: "video/mp4",
          fileName: "lesson.mp4",
        },
      },
    },
    refusals: {
      not_found: "The caller has announced no such file.",
      conflict: "Nothing was sent yet.",
      unsupported_media_type: "What was sent is not of the type or size that was announced. It was removed.",
    },
  },
  "GET /v1/media/{purpose}/{ownerId}/{name}": {
    id: "getMedia",
    area: "Media",
    summary: "Fetch a file",
    description:
      "An avatar: anybody who is signed in. A file of a room: who takes part in it now. Takes `Range` of one range, " +
      "`If-Range` and `If-None-Match`. What is under a key never changes, but who may see it: ask each time.",
    caller: "user",
    path: ofFile,
    answers: {
      200: { description: "The whole file, under the type that was found in it.", isFile: true },
      206: { description: "The range that was asked for.", isFile: true },
      304: { description: "The client has it." },
    },
    refusals: {
      forbidden: "The caller does not take part in its room, or not any more.",
      not_found: "There is no such file, or not any more.",
      range_not_satisfiable: "It has no such bytes, or several ranges were asked for.",
      unavailable: "The room is moving or too busy. Wait for `Retry-After` seconds.",
    },
  },
  "PUT /v1/me/avatar": {
    id: "putAvatar",
    area: "People",
    summary: "Show a picture of oneself",
    description:
      "One that was uploaded for it within a day, or the present one. The picture of before is removed. Open rooms hear " +
      "of it as `participant.updated`.",
    caller: "user",
    body: avatarRequest,
    examples: { picture: { summary: "Minji's picture", body: { key: AVATAR }, status: 200 } },
    answers: {
      200: {
        description: "As it is kept.",
        schema: avatarAnswer,
        example: { profileImageUrl: `/v1/media/${AVATAR}` },
      },
    },
    refusals: { invalid_frame: "The body does not fit, or the key is not of such an avatar of the caller's." },
  },
} as const satisfies Record<string, Operation>;
