/** Blocking and reporting, in Korean. */
import type { SafetyWords } from "./en.ts";

export const ko: SafetyWords = {
  confirmBlock: (name) => `${name} 님을 차단할까요?`,
  blockHint:
    "1:1 채팅에서는 서로 메시지를 보낼 수 없어요. 그룹에서는 이 사람의 메시지가 보이지 않고, 접속이나 입력 중 표시도 서로 보이지 않아요. 상대방에게는 알리지 않으며, 언제든지 해제할 수 있어요.",
  report: (name) => `${name} 님 신고`,
  reportHint: "운영자만 볼 수 있고, 상대방에게는 알리지 않아요.",
  reason: "어떤 문제인가요?",
  reasons: {
    SPAM: "광고나 스팸",
    HARASSMENT: "욕설이나 괴롭힘",
    INAPPROPRIATE: "부적절한 내용",
    UNDERAGE: "13세 미만으로 보임",
    IMPERSONATION: "다른 사람을 사칭함",
    OTHER: "기타",
  },
  details: "무슨 일이 있었나요? (선택)",
  messages: "어떤 메시지인가요? 나중에 삭제되어도 운영자에게 사본이 남아요.",
  noMessages: "여기에는 이 사람의 메시지가 없어요. 메시지 없이 신고합니다.",
  send: "신고하기",
  sent: "신고해 주셔서 고마워요. 운영자가 확인할게요.",
  done: "완료",
  alsoBlock: (name) => `${name} 님도 차단`,
};
