/** Files in messages, and voices, in Korean. */
import type { FileWords } from "./en.ts";

export const ko: FileWords = {
  voice: "음성 메시지",
  play: "재생",
  pause: "일시정지",
  position: "재생 위치",
  positionOf: (at, length) => `${length} 중 ${at}`,
  unplayable: "이 브라우저에서는 재생할 수 없어요.",
  pictureBy: (name, words) => (words === "" ? `${name} 님이 보낸 사진` : `${name} 님이 보낸 사진: ${words}`),
  download: "내려받기",
  again: "다시 시도",
  missing: {
    denied: "이제 이 파일을 볼 수 없어요.",
    gone: "삭제된 파일이에요.",
    failed: "불러오지 못했어요.",
  },
  picked: "보낼 파일",
  leaveOut: (name) => `빼기: ${name}`,
  stop: (name) => `전송 중지: ${name}`,
  progress: (percent) => `${percent}% 보냄`,
  waiting: "차례를 기다리는 중",
  record: {
    title: "음성 메시지 녹음",
    asking: "마이크를 허용하면 녹음이 시작돼요.",
    running: (time, limit) => `${time} / 최대 ${limit}`,
    done: "멈추고 들어 보기",
    discard: "녹음 지우기",
    send: "음성 메시지 보내기",
    denied: "이 페이지에서 마이크를 쓸 수 없어요. 브라우저의 사이트 설정에서 마이크를 허용한 뒤 다시 시도해 주세요.",
    missing: "마이크를 찾지 못했어요.",
    unsupported: "이 브라우저에서는 녹음할 수 없어요.",
    failed: "녹음하지 못했어요.",
  },
  problems: {
    invalid_frame: "비어 있거나 손상된 파일이에요. 사진이 너무 커도 보낼 수 없어요.",
    too_large: "파일이 너무 커요. 사진과 음성은 10 MB, 다른 파일은 25 MB까지 보낼 수 있어요.",
    unsupported_media_type:
      "이 종류의 파일은 보낼 수 없어요. 사진은 JPEG, PNG, WebP, GIF만 되고, 문서·소리·동영상·ZIP은 괜찮아요.",
    get_forbidden: "이제 이 파일을 볼 수 없어요.",
    get_not_found: "삭제된 파일이에요.",
  },
};
