import type { DialogueRoom } from "./script.ts";

export const junhoDaniel: DialogueRoom = {
  key: "junho-daniel",
  roomType: "DIRECT",
  people: ["daniel", "junho"],
  unread: { daniel: 1 },
  lines: [
    [
      "daniel",
      "Hi Junho! I saw that you are preparing for job interviews in English. I hire engineers for a living, so maybe I can help.",
    ],
    [
      "junho",
      "Hello Daniel, nice to meet you! Yes, I have an interview with a Singapore company on next Friday.",
      {
        better: {
          by: "daniel",
          text: "Hello Daniel, nice to meet you! Yes, I have an interview with a company in Singapore next Friday.",
          note: 'No "on" before next/last/this + day. "A Singapore company" is fine on paper, a bit stiff when spoken.',
        },
      },
    ],
    ["junho", "And you study Korean for your wife's family, right?"],
    ["daniel", "네, 장모님하고 이야기하고 싶어요. 장모님은 영어를 못해요."],
    [
      "junho",
      '좋은 목표네요! 그럼 높임말부터 해요. 장모님 이야기를 할 때는 "장모님께서는 영어를 못하세요"라고 하면 돼요.',
      { reactions: { "🙏": ["daniel"] } },
    ],
    ["daniel", "께서는 is the honorific 는, and 하세요 has the 시 in it?"],
    ["junho", "정확해요! 두 가지만 바꿔도 훨씬 공손해 보여요.", { reactions: { "👍": ["daniel"] } }],
    ["daniel", "장모님께서는 요리를 잘하세요. 장모님께서는 등산을 좋아하세요."],
    ["junho", '완벽합니다 👏 이제 질문도 해 볼까요? "식사하셨어요?"'],
    [
      "daniel",
      "네, 저는 식사하셨어요.",
      {
        better: {
          by: "junho",
          text: "네, 저는 식사했어요. / 네, 저는 먹었어요.",
          note: "자기 자신은 높이지 않아요! Never honour yourself 😄",
        },
      },
    ],
    ["daniel", "Oh no. I have said that to her for two years.", { reactions: { "😂": ["junho"] } }],
    ["junho", "ㅋㅋㅋ 괜찮아요, 아마 귀엽다고 생각하셨을 거예요."],
    ["daniel", "Your turn. Tell me about a project you are proud of. Two minutes, no more."],
    [
      "junho",
      "In my last company I made a payment system faster. Before, one payment took three seconds, after my work it took 300 milliseconds. I found that the database was locked by a report job.",
    ],
    ["daniel", "Good story! Numbers first, cause second. Let me polish the grammar only a little.", { back: 1 }],
    [
      "daniel",
      '"At my last company I made our payment system ten times faster: from three seconds to 300 milliseconds. It turned out that a report job was locking the database."',
    ],
    ["junho", '"It turned out that" sounds so natural. In Korean it\'s "알고 보니".'],
    ["daniel", "알고 보니! 저장했어요.", { reactions: { "💾": ["junho"] } }],
    ["junho", "알고 보니 제가 틀렸어요. = It turned out I was wrong. 면접에서는 쓰고 싶지 않은 문장이네요 😅"],
    ["daniel", 'Actually, use it! Interviewers love people who can say "I was wrong". Then say what you learned.'],
    [
      "junho",
      "Really? In Korea we try to not show the weak points.",
      {
        better: {
          by: "daniel",
          text: "Really? In Korea we try not to show our weak points.",
          note: '"try not to" is the usual order.',
        },
      },
    ],
    [
      "daniel",
      'That\'s the biggest difference, I think. "Tell me about a failure" is a gift: they want to see how you think.',
    ],
    ["junho", "Then… Once I deployed on Friday evening and broke the login for two hours."],
    ["daniel", "Ha! We have all been there. What did you change afterwards?"],
    ["junho", "We made a rule: no deploys after 4 pm, and every change must be rolled back in one minute."],
    [
      "daniel",
      '"…and every change must be possible to roll back within a minute." Great answer. I would hire you.',
      {
        reactions: { "😍": ["junho"] },
      },
    ],
    ["junho", "감사합니다! 이제 한국어 시간이에요. 추석에 장모님 댁에 가세요?"],
    ["daniel", "네, 이번 추석에 아내와 같이 부산에 갈 거예요. 전을 같이 만들 거예요."],
    ["junho", '그럼 이 표현을 꼭 알아야 해요: "제가 할게요." 장모님 부엌에서 마법의 문장이에요.'],
    ["daniel", "제가 할게요 = I'll do it. And 제가 하겠습니다?"],
    ["junho", '그건 더 격식 있는 말이에요. 회사나 군대 느낌? 장모님께는 "제가 할게요"가 따뜻해요.', { back: 1 }],
    ["daniel", "What if she says 괜찮아, 앉아 있어?"],
    [
      "junho",
      '그러면 한 번 더 "아니에요, 제가 할게요" 하세요. 세 번까지 해 보고 그래도 앉으라고 하시면 앉으세요.',
      {
        reactions: { "😂": ["daniel"], "🫡": ["daniel"] },
      },
    ],
    ["daniel", "A retry with a limit of three. This I understand."],
    ["junho", "With exponential backoff 😎", { back: 1, reactions: { "🤓": ["daniel"] } }],
    [
      "daniel",
      '장모님께서 저에게 "사위"라고 부르세요. 제 이름을 안 불러요. 이거 괜찮아요?',
      {
        better: {
          by: "junho",
          text: '장모님께서 저를 "사위"라고 부르세요. 제 이름은 안 부르세요. 이거 괜찮아요?',
          note: "부르다 앞에는 를: 저를 사위라고 부르다. 그리고 뒤 문장도 높여 주세요.",
        },
      },
    ],
    ["junho", '완전 괜찮아요! "우리 사위"라고 하시면 아주 좋아하시는 거예요.'],
    ["daniel", "She says 우리 사위 all the time."],
    ["junho", "그럼 성공하셨네요 🎊", { reactions: { "🥹": ["daniel"] } }],
    ["junho", "Daniel, the interview is tomorrow. One last question: how do I end the interview?"],
    [
      "daniel",
      'Ask them something real. "What does a good first three months look like in this role?" works nearly everywhere.',
    ],
    ["junho", 'And "Thank you for your precious time"?'],
    [
      "daniel",
      '"Precious" sounds like a ring from a film 😄 Just "Thank you for your time, I enjoyed talking with you."',
      {
        reactions: { "💍": ["junho"], "😂": ["junho"] },
      },
    ],
    ["junho", "Got it. No ring."],
    ["daniel", "화이팅! 잘할 수 있어요!"],
    [
      "junho",
      "끝났어요!!! They asked about a failure and I told the Friday deploy. They laughed!",
      { reactions: { "🎉": ["daniel"] } },
    ],
    ["daniel", "That is a very good sign. When will you hear back?"],
    [
      "junho",
      "Within two weeks. The time goes so slow.",
      {
        better: {
          by: "daniel",
          text: "Within two weeks. Time goes so slowly.",
          note: 'Time in general has no "the". "So slow" is common in speech, "slowly" is the careful form.',
        },
      },
    ],
    ["daniel", "저도 소식이 있어요. 어제 장모님하고 전화로 이십 분 이야기했어요. 한국어만요!"],
    ["junho", "와!!! 무슨 이야기 하셨어요?", { back: 1 }],
    [
      "daniel",
      '김장 이야기요. 배추 오십 포기를 사셨어요. 저는 "제가 할게요"라고 했어요.',
      { reactions: { "🥬": ["junho"], "😱": ["junho"] } },
    ],
    ["junho", '오십 포기요?! 이번에는 "제가 할게요"를 조심해서 쓰셨어야 했는데… ㅋㅋㅋ'],
    ["junho", "And I got the mail from Singapore. I PASSED! 🎉🎉🎉"],
  ],
};
